import { ClawError } from "@claw/core";

const agentId = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const sessionKey = /^agent:([^:]*):.{1,512}$/;

/** Whether `id` may name an agent, and with it a directory. */
export function isAgentId(id: string): boolean {
  return agentId.test(id);
}

/** The agent a session belongs to. Rejects anything that could name a path. */
export function agentOf(key: string): string {
  const agent = sessionKey.exec(key)?.[1];
  if (agent === undefined || !isAgentId(agent)) {
    throw new ClawError(
      "STORE_INVALID",
      `expected a session key agent:<id>:<rest> with an id of a-z, 0-9, _ and - (64 at most), found ${JSON.stringify(key.slice(0, 80))}`,
    );
  }
  return agent;
}
