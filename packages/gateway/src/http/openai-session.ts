import type { Principal, Route } from "@claw/core";
import type { MethodDeps } from "../methods/context.ts";

/** A user's standing session, or one of the run's own. `undefined` when the name fits into no session key. */
export function openaiSession(
  { resolveSession, people }: MethodDeps,
  principal: Principal,
  agent: string,
  run: string,
  user: string | undefined,
): Route | undefined {
  return resolveSession(`agent:${agent}:${sessionName(user, run, people.mainKey(principal))}`, agent);
}

/**
 * Session keys know no upper case and read percent signs, so what they would change is escaped in their own letters:
 * `Ann` and `ann` are two users. A tilde ends the part that says whose it is.
 */
function sessionName(user: string | undefined, run: string, mainKey: string): string {
  if (user === undefined) return `openai:${run}`;
  const escaped = encodeURIComponent(user).replace(
    /%([0-9A-F]{2})|[A-Z~]/g,
    (found, byte?: string) => `=${byte?.toLowerCase() ?? found.charCodeAt(0).toString(16)}`,
  );
  // Two people's users of one name are two.
  return `openai-user:${mainKey === "main" ? "" : `${mainKey}~`}${escaped}`;
}
