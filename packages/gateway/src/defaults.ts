import type { Audit, Budget, Decision, Logger, Route, Router } from "@claw/core";
import type { QueueRules, ResetRules, ToolSets } from "./options.ts";

/** One session per channel and peer, all with one agent; what does not address the bot is nobody's. */
export function soleAgentRouter(agent: string): Router {
  return ({ addressed, from: { channel, account, peer, kind, thread } }) => {
    if (!addressed) return undefined;
    const parts = [channel, account, kind, peer, ...(thread === undefined ? [] : ["thread", thread])];
    return { agent, session: ["agent", agent, ...parts.map(encodeURIComponent)].join(":").toLowerCase() };
  };
}

/** `main` and other short names are sessions of the agent asked for, or of the first one. */
export function simpleSessions(
  defaultAgent: string,
): (key: string | undefined, agent: string | undefined) => Route | undefined {
  return (key = "main", agent = defaultAgent) => {
    const full = (key.startsWith("agent:") ? key : `agent:${agent}:${key}`).toLowerCase();
    const named = /^agent:([a-z0-9][a-z0-9_-]{0,63}):.+$/.exec(full)?.[1];
    return named === undefined ? undefined : { agent: named, session: full };
  };
}

export const steerAll: QueueRules = ({ mode = "steer" }) => ({ mode, cap: 20, drop: "summarize", quietMs: 0 });

/** Sessions go on until a client resets them. */
export const neverReset: ResetRules = ({ text }) => ({ text });

/** A record in the log: for embedders who bring no audit of their own. */
export function logAudit(log: Logger): Audit {
  return {
    async intent({ type, principal, session, digest }, { effect, rule }) {
      log.info("audit", { type, principal: principal.id, session, digest, effect, rule });
      return {
        async outcome({ ok, summary, durationMs }) {
          log.info("audit outcome", { digest, ok, summary, durationMs });
        },
      };
    },
  };
}

/** What a gateway without rules for it does with calls of tools over HTTP. */
export function noToolsOverHttp(tool: string): Decision {
  return { effect: "deny", rule: "toolsOverHttp", reason: `"${tool}" is refused: toolsOverHttp is not given` };
}

/** No limit: for embedders who bring no budget of their own. */
export const unlimited: Budget = { reserve: async () => ({ settle: async () => {} }) };

/** Every tool is in the one group for what is in no other. */
export const oneToolSet: ToolSets = { groups: [], profiles: [], inProfile: () => false };
