import type { HelloOk } from "@claw/protocol";

export interface SessionChoice {
  readonly agent: string | undefined;
  readonly session: string | undefined;
}

/** The full key of the session meant: a whole key, or a name within the agent (the default one unless named). */
export function sessionKeyOf({ agent, session }: SessionChoice, { snapshot }: HelloOk): string {
  if (session?.startsWith("agent:")) return session;
  const { defaultAgentId = "main", mainKey = "main" } = snapshot.sessionDefaults ?? {};
  return `agent:${agent ?? defaultAgentId}:${session ?? mainKey}`;
}

/** Of the agent that a key belongs to. */
export function agentOf(sessionKey: string): string {
  return sessionKey.split(":")[1] ?? "main";
}
