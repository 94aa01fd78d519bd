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

/** Session keys know no upper case, so it is escaped: `Ann` and `ann` are two users. */
function sessionName(user: string | undefined, run: string, mainKey: string): string {
  if (user === undefined) return `openai:${run}`;
  // A tilde ends the part that says whose it is.
  const escaped = encodeURIComponent(user).replace(/%..|[A-Z~]/g, (found) =>
    found.length > 1 ? found.toLowerCase() : `%${found.charCodeAt(0).toString(16)}`,
  );
  // Two people's users of one name are two.
  return `openai-user:${mainKey === "main" ? "" : `${mainKey}~`}${escaped}`;
}
