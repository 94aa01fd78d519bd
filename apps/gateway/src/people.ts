import type { Config } from "@claw/config";
import { createPeople, type People, proxyUser } from "@claw/gateway";

/** Who shares the gateway, as configured. */
export function people({ users, roles, agents: { list, entries }, gateway: { auth } }: Config): People {
  const listed = list.map(({ id, ...agent }) => [id, agent] as const);
  const allowed = auth.mode === "trusted-proxy" ? (auth.trustedProxy?.allowUsers ?? []) : [];
  return createPeople({
    users,
    roles,
    agents: Object.fromEntries([...listed, ...Object.entries(entries)]),
    vouched: (id) => id.startsWith(proxyUser("")) && allowed.some((user) => user === "*" || proxyUser(user) === id),
  });
}
