import { randomUUID } from "node:crypto";
import type { Principal } from "@claw/core";
import {
  EVENT_NAMES,
  type HelloOk,
  MAX_BUFFERED_BYTES,
  MAX_PAYLOAD_BYTES,
  PROTOCOL_VERSION,
  TICK_INTERVAL_MS,
} from "@claw/protocol";
import type { MethodDeps } from "../methods/context.ts";
import { health } from "../methods/health.ts";
import { defaultAgentOf } from "../people/agents-of.ts";
import type { Admission } from "./handshake.ts";
import type { Peer } from "./peers.ts";
import { presenceOf } from "./presence.ts";

/** Builds the answer to `connect`. */
export function createHello(
  deps: MethodDeps,
  methods: readonly string[],
): (peer: Peer, admission: Admission) => Promise<HelloOk> {
  const bootId = randomUUID();
  const startedMs = deps.clock.monotonicMs();
  const features = {
    methods,
    events: [...EVENT_NAMES],
    // Without it the stock command line refuses to list models.
    capabilities: ["published-model-catalog"],
  };
  return async (peer, { deviceToken }) => ({
    type: "hello-ok",
    protocol: PROTOCOL_VERSION,
    server: { version: deps.version, connId: peer.id, bootId },
    features,
    snapshot: {
      presence: presenceOf(deps.peers, peer.principal, deps.clock.now()),
      health: await health(deps, peer.principal),
      stateVersion: { presence: 0, health: 0 },
      uptimeMs: Math.round(deps.clock.monotonicMs() - startedMs),
      sessionDefaults: {
        ...mainSession(deps, peer.principal),
        scope: "per-sender",
      },
    },
    auth: {
      role: peer.role,
      scopes: peer.scopes,
      userId: peer.principal.id,
      ...(deviceToken && { deviceToken: deviceToken.token, issuedAtMs: deviceToken.issuedAtMs }),
    },
    policy: {
      maxPayload: MAX_PAYLOAD_BYTES,
      maxBufferedBytes: MAX_BUFFERED_BYTES,
      tickIntervalMs: TICK_INTERVAL_MS,
    },
  });
}

function mainSession(deps: MethodDeps, principal: Principal) {
  const defaultAgentId = defaultAgentOf(deps, principal);
  const mainKey = deps.people.mainKey(principal);
  return { defaultAgentId, mainKey, mainSessionKey: `agent:${defaultAgentId}:${mainKey}` };
}
