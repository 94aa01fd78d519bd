import type { Config } from "@claw/config";
import { createPeople, type People } from "@claw/gateway";

/** Who shares the gateway, as configured. */
export function people({ users, roles, agents: { list, entries } }: Config): People {
  const listed = list.map(({ id, ...agent }) => [id, agent] as const);
  return createPeople({ users, roles, agents: Object.fromEntries([...listed, ...Object.entries(entries)]) });
}
