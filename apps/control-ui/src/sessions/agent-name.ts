import type { AgentSummary } from "@claw/protocol";

/** What an agent is called. */
export function agentName({ id, name, identity }: AgentSummary): string {
  return identity?.name ?? name ?? id;
}
