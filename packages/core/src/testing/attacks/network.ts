import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { type Attack, attempt, succeeded } from "./case.ts";

/** Listens as the gateway would, on every address of this host, and counts who came. */
async function host(where: { readonly host: string; readonly port: number } | { readonly path: string }) {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.destroy();
  }).listen(where);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      server.close();
    },
  };
}

const connect = (address: string, port: number) => `timeout 2 bash -c 'exec 3<>/dev/tcp/${address}/${port}'`;

const METADATA = ["169.254.169.254", "169.254.170.2", "100.100.100.200", "fd00:ec2::254", "metadata.google.internal"];

export const networkAttacks: readonly Attack[] = [
  {
    name: "neither the gateway's port nor another of the host is reached, under any of its addresses",
    async run({ sandbox, programs }) {
      await using gateway = await host({ host: "::", port: 0 });
      const own = Object.values(networkInterfaces()).flatMap((addresses) =>
        (addresses ?? []).map(({ address }) => address),
      );
      const names = ["localhost", "host.docker.internal", "gateway.docker.internal", "host.containers.internal"];
      const addresses = ["127.0.0.1", "::1", "0.0.0.0", "172.17.0.1", "10.0.2.2", ...own, ...names];
      const reached = await succeeded(
        sandbox,
        addresses.map((address) => connect(address, gateway.port)),
      );
      // An interpreter makes up a file of that name.
      if (programs) assert.deepEqual(reached, []);
      assert.equal(gateway.connections(), 0);
    },
  },
  {
    name: "the cloud's metadata address is not reached",
    async run({ sandbox, programs }) {
      assert.deepEqual(
        await succeeded(
          sandbox,
          METADATA.filter(() => programs).map((address) => connect(address, 80)),
        ),
        [],
      );
      assert.deepEqual(
        await succeeded(sandbox, ["curl -sf --max-time 2 http://169.254.169.254/latest/meta-data/"]),
        [],
      );
    },
  },
  {
    name: "the engine is not reached, over its socket or its ports",
    async run({ sandbox, programs }) {
      const sockets = [
        "/var/run/docker.sock",
        "/run/docker.sock",
        "/run/containerd/containerd.sock",
        "/run/podman/podman.sock",
      ];
      const ports = ["127.0.0.1", "172.17.0.1"].flatMap((address) => [connect(address, 2375), connect(address, 2376)]);
      assert.deepEqual(
        await succeeded(sandbox, [
          ...sockets.map((path) => `test -e ${path}`),
          ...(programs ? ports : []),
          "find / -type s -not -path '/proc/*' | grep -q .",
        ]),
        [],
      );
    },
  },
  {
    name: "a socket of the host that has no place in the file system is not reached",
    needsPrograms: true,
    async run({ sandbox }) {
      const name = `claw-attack-${process.pid}`;
      await using server = await host({ path: `\0${name}` });
      const { exitCode, stderr } = await attempt(
        sandbox,
        `python3 -c 'import socket; socket.socket(socket.AF_UNIX).connect("\\0${name}")'`,
      );
      assert.notEqual(exitCode, 0);
      assert.match(stderr, /ConnectionRefusedError/);
      assert.equal(server.connections(), 0);
    },
  },
];
