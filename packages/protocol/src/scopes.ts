/** Every scope an operator can hold. */
export const SCOPES = [
  "operator.read",
  "operator.write",
  "operator.admin",
  "operator.approvals",
  "operator.questions",
  "operator.pairing",
  "operator.talk",
  "operator.talk.secrets",
  "operator.sessions.read",
  "operator.sessions.write",
] as const;

export type Scope = (typeof SCOPES)[number];

const IMPLIED: Partial<Record<Scope, readonly Scope[]>> = {
  "operator.admin": SCOPES,
  "operator.write": ["operator.read", "operator.talk", "operator.sessions.read", "operator.sessions.write"],
  "operator.read": ["operator.sessions.read"],
};

/**
 * Whether the scopes held grant the one required. Admin grants all; write grants read, talk and sessions; read grants
 * `operator.sessions.read`; a name outside the closed set grants nothing.
 */
export function satisfies(held: readonly string[], required: Scope): boolean {
  return held.some((scope) => scope === required || (isScope(scope) && IMPLIED[scope]?.includes(required)));
}

export function isScope(name: string): name is Scope {
  return SCOPES.some((scope) => scope === name);
}
