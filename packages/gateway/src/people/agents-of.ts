import type { Agent, Principal } from "@claw/core";
import type { People } from "./people.ts";

export interface Looking {
  readonly agents: ReadonlyMap<string, Agent>;
  readonly defaultAgent: () => string;
  readonly people: Pick<People, "mayUse">;
}

/** The agents that a principal may talk to; to them there are no others. */
export function agentsOf(
  { agents, people }: Omit<Looking, "defaultAgent">,
  principal: Principal,
): ReadonlyMap<string, Agent> {
  return new Map([...agents].filter(([name]) => people.mayUse(principal, name)));
}

/** The agent that answers a principal who names none. Its name is no secret to those who may talk to none. */
export function defaultAgentOf(looking: Looking, principal: Principal): string {
  const own = agentsOf(looking, principal);
  const usual = looking.defaultAgent();
  return own.has(usual) ? usual : (own.keys().next().value ?? "main");
}
