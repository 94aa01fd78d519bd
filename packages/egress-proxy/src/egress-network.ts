import type { SandboxNetwork } from "@claw/core";
import { type EgressProxyOptions, egressProxy } from "./egress-proxy.ts";
import type { NetworkRules } from "./network.ts";

export interface EgressNetworkOptions
  extends Pick<EgressProxyOptions, "audit" | "remedy" | "resolve" | "dial" | "log"> {
  /** For whom it is, as its records have it. */
  readonly name: string;
  readonly rules: NetworkRules;
}

/** A network for one purpose: what these rules allow, and nobody is asked. */
export function egressNetwork({ name, rules, ...options }: EgressNetworkOptions): SandboxNetwork {
  const proxy = egressProxy({ ...options, network: () => rules });
  const identity = { id: name, scope: name };
  return { connect: (connection) => proxy.accept(connection, identity) };
}
