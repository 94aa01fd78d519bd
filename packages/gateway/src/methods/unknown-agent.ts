import { invalidRequest } from "@claw/protocol";
import { type MethodDeps, MethodError } from "./context.ts";

/** Refuses the name of an agent that there is not, and says which there are. */
export function checkAgent({ agents }: Pick<MethodDeps, "agents">, id: string): void {
  if (agents.has(id)) return;
  const known = [...agents.keys()].join(", ");
  throw new MethodError(invalidRequest(`unknown agent ${id}; agents: ${known}`, { code: "UNKNOWN_AGENT_ID" }));
}
