import type { Principal } from "@claw/core";
import { defaultAgentOf, type Looking } from "./agents-of.ts";
import type { People } from "./people.ts";

interface Deps extends Looking {
  readonly people: Pick<People, "mayUse" | "mainKey">;
}

/** Where params name sessions. */
const KEYS: ReadonlySet<string> = new Set(["key", "sessionKey", "keys", "sessionKeys"]);

/** The session a principal means by a key, which may be absent: each has a main session and a usual agent of their own. */
export function ownKey(deps: Deps, principal: Principal, key = "main", agentId?: string): string {
  const mainKey = deps.people.mainKey(principal);
  if (mainKey === "main" || /^agent:/i.test(key)) return key;
  return `agent:${agentId ?? defaultAgentOf(deps, principal)}:${key === "main" ? mainKey : key}`;
}

/** Params in which every key is {@link ownKey}. */
export function withOwnKeys(deps: Deps, principal: Principal, params: object): object {
  if (deps.people.mainKey(principal) === "main") return params;
  const agentId = "agentId" in params && typeof params.agentId === "string" ? params.agentId : undefined;
  const own = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(own);
    return typeof value === "string" ? ownKey(deps, principal, value, agentId) : value;
  };
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, KEYS.has(name) ? own(value) : value]));
}
