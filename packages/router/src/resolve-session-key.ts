import { ClawError, type Route } from "@claw/core";
import { formatSessionKey, parseSessionKey, type RouterErrorCode } from "./session-key.ts";

export interface SessionResolverOptions {
  readonly defaultAgent: string;
}

/**
 * The one spelling of a session key that a client sent: a full key in any case, or what follows `agent:<id>:` alone
 * (`main`, `my-notes`), which then belongs to the default agent. Idempotent. Throws `ROUTER_SESSION_KEY`.
 */
export function resolveSessionKey(input: string, { defaultAgent }: SessionResolverOptions): string {
  const text = input.trim();
  return formatSessionKey(parseSessionKey(/^agent:/i.test(text) ? text : `agent:${defaultAgent}:${text}`));
}

/**
 * What a client means by a session key and an agent id, each of which it may leave out: `main` and the default agent.
 * `undefined` for what is not a key, and for a key of another agent than the one asked for.
 */
export function sessionResolver({
  defaultAgent,
}: SessionResolverOptions): (key: string | undefined, agent: string | undefined) => Route | undefined {
  return (key = "main", agent) => {
    try {
      const session = resolveSessionKey(key, { defaultAgent: agent ?? defaultAgent });
      const owner = parseSessionKey(session).agent;
      return agent === undefined || agent.toLowerCase() === owner ? { agent: owner, session } : undefined;
    } catch (error) {
      if (ClawError.is<RouterErrorCode>(error, "ROUTER_SESSION_KEY")) return undefined;
      throw error;
    }
  };
}
