import type { SandboxNetwork } from "@claw/core";
import type { Supervisor } from "./client.ts";

/** On the sandbox's own 127.0.0.1. */
const PROXY_PORT = 3128;

const PROXY = `http://127.0.0.1:${PROXY_PORT}`;
const NOT_PROXIED = "localhost,127.0.0.1,::1";

/** How programs find the network of a sandbox that has one; curl and some others read the lower-case names alone. */
export const networkEnvironment: Readonly<Record<string, string>> = {
  HTTP_PROXY: PROXY,
  http_proxy: PROXY,
  HTTPS_PROXY: PROXY,
  https_proxy: PROXY,
  NO_PROXY: NOT_PROXIED,
  no_proxy: NOT_PROXIED,
  NODE_USE_ENV_PROXY: "1",
};

/** What a model should know of it. */
export const networkDescription: string =
  "The network is reached through the HTTP proxy that HTTP_PROXY and HTTPS_PROXY name, which allows some hosts only and says so when it refuses one.";

/** Hands the connections that programs in the sandbox make to their proxy over to `network`. */
export function carryNetwork(supervisor: Supervisor, network: SandboxNetwork): Promise<void> {
  return supervisor.listen(PROXY_PORT, (connection) => network.connect(connection));
}
