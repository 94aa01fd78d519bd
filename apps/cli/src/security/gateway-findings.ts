import { gatewayHost, secretsIn } from "@claw/config";
import type { Finding, Site } from "./finding.ts";

const SHORTEST_TOKEN = 16;

/** Who can reach the gateway, and what they have to show. */
export function gatewayFindings({ config, source, configPath }: Site): readonly Finding[] {
  const { auth, bind, tls } = config.gateway;
  const found: Finding[] = [];
  const { listen } = gatewayHost(config.gateway);
  const local = listen === undefined || /^(?:127\.|::1$)/.test(listen);
  if (!local && !tls.enabled && bind !== "tailnet") {
    found.push({
      id: "gateway.clear-text",
      severity: "warning",
      finding: `The gateway listens on ${listen} without encryption: who reaches it past the proxy, or between the two, reads credentials.`,
      mend: "claw config set gateway.tls.enabled true, or let only the proxy reach the port.",
    });
  }
  if (auth.mode === "none") {
    found.push({
      id: "auth.none",
      severity: "warning",
      finding: "Every program and every person on this machine is the gateway's owner.",
      mend: "claw config set gateway.auth.mode token",
    });
  }
  if (auth.token !== undefined && auth.token.length < SHORTEST_TOKEN) {
    found.push({
      id: "auth.short-token",
      severity: "critical",
      finding: `gateway.auth.token has ${auth.token.length} characters, few enough to be guessed.`,
      mend: 'claw config unset gateway.auth.token: Claw makes one of 32 random bytes ("claw token show").',
    });
  }
  if (auth.trustedProxy?.allowLoopback === true) {
    found.push({
      id: "auth.loopback-proxy",
      severity: "warning",
      finding: "Every program on this machine can speak for every user of the proxy.",
      mend: "Run the proxy on an address of its own, and gateway.auth.trustedProxy.allowLoopback false.",
    });
  }
  const plain = new Set(secretsIn(config).filter((secret) => secret.length > 3 && source.includes(secret)));
  const readable = [...plain].filter((secret) => !/^\$(?:scrypt|argon2)/.test(secret));
  if (readable.length > 0) {
    found.push({
      id: "config.plain-secrets",
      severity: "warning",
      finding: `${configPath} holds ${readable.length} secret${readable.length === 1 ? "" : "s"} in plain text, and so do its copies and backups.`,
      mend: 'Take them from the environment ("${NAME}") or from a file, or keep a password\'s hash (claw token hash).',
    });
  }
  return found;
}
