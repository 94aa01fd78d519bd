import type { Route } from "@claw/core";
import type { MethodDeps } from "../methods/context.ts";

/** A user's standing session, or one of the run's own. `undefined` when the name fits into no session key. */
export function openaiSession(
  { resolveSession }: MethodDeps,
  agent: string,
  run: string,
  user: string | undefined,
): Route | undefined {
  return resolveSession(`agent:${agent}:${sessionName(user, run)}`, agent);
}

/** Session keys know no upper case, so it is escaped: `Ann` and `ann` are two users. */
function sessionName(user: string | undefined, run: string): string {
  if (user === undefined) return `openai:${run}`;
  const escaped = encodeURIComponent(user).replace(/%..|[A-Z]/g, (found) =>
    found.length > 1 ? found.toLowerCase() : `%${found.charCodeAt(0).toString(16)}`,
  );
  return `openai-user:${escaped}`;
}
