import type { Address } from "@claw/core";
import { invalidRequest, type Params } from "@claw/protocol";
import { agentsOf } from "../people/agents-of.ts";
import { ownKey } from "../people/own-key.ts";
import { type Handlers, type MethodDeps, MethodError } from "./context.ts";
import { sessionOf } from "./session-of.ts";
import { checkAgent } from "./unknown-agent.ts";
import { refuseUnsupported } from "./unsupported.ts";

const DEFAULT_ACCOUNT = "default";
const SEND = ["to", "message", "channel", "accountId", "threadId", "kind", "agentId", "idempotencyKey"];

export function sendMethods(deps: MethodDeps): Pick<Handlers, "send"> {
  const { channels, sendMessage } = deps;
  return {
    async send(params, { principal }) {
      refuseUnsupported(params, SEND);
      const { message, agentId, idempotencyKey } = params;
      const to = addressOf(params, channels);
      const route = sessionOf(deps, ownKey(deps, principal, undefined, agentId), agentId);
      checkAgent({ agents: agentsOf(deps, principal) }, route.agent);
      const { repeat } = await sendMessage(principal, route, { to, text: message, idempotencyKey });
      return { ok: true, status: "queued", channel: to.channel, repeat };
    },
  };
}

function addressOf(params: Params<"send">, channels: MethodDeps["channels"]): Address {
  const { to, accountId = DEFAULT_ACCOUNT, threadId, kind = "direct" } = params;
  const { channel = channels.length === 1 ? channels[0]?.name : undefined } = params;
  if (channel === undefined || !channels.some(({ name }) => name === channel)) {
    const known = channels.length === 0 ? "this gateway has none" : channels.map(({ name }) => name).join(", ");
    const found = channel === undefined ? "channel: expected one" : `there is no channel ${channel}`;
    throw new MethodError(invalidRequest(`${found}; channels: ${known}`, { code: "CHANNEL_UNKNOWN" }));
  }
  const thread = threadId === undefined ? {} : { thread: threadId };
  return { channel, account: accountId, peer: to.toLowerCase(), kind, ...thread };
}
