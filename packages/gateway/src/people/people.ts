import type { Principal, Scope } from "@claw/core";
import { hasScope } from "@claw/core";
import { type Authenticate, OWNER } from "../auth.ts";
import { BUILT_IN_ROLES, type Role } from "./roles.ts";
import { userSecrets } from "./user-secrets.ts";

export interface User {
  readonly name?: string;
  /** A built-in role, or one of {@link PeopleOptions.roles}. */
  readonly role: string;
  readonly token?: string;
  /** The password itself, or what `hashPassword` made of it. */
  readonly password?: string;
  /** Who they are on channels: `telegram:123`, by ids that the platform never gives to somebody else. */
  readonly identities?: readonly string[];
}

/** Whom an agent is kept for; with neither it is everybody's. */
export interface AgentPeople {
  readonly owner?: string;
  readonly members?: readonly string[];
}

export interface PeopleOptions {
  readonly users: Readonly<Record<string, User>>;
  readonly roles?: Readonly<Record<string, Role>>;
  readonly agents?: Readonly<Record<string, AgentPeople>>;
  /** Whether something else lets somebody of this id in, like a proxy its users. Default: nothing does. */
  readonly vouched?: (id: string) => boolean;
}

/** A user without their secrets. */
export interface Person {
  readonly id: string;
  readonly name?: string;
  readonly role: string;
  readonly scopes: readonly Scope[];
}

/** Who shares a gateway, and what each may do at this moment. */
export interface People {
  /** By a user's own token or password; the gateway's secret is not known here. */
  readonly authenticate: Authenticate;
  /** The principal with no more than its user has now; `undefined` when the user or the credential is gone. */
  current(principal: Principal): Principal | undefined;
  /** Whether an agent is theirs to talk to and to know of. */
  mayUse(principal: Principal, agent: string): boolean;
  /** Last part of the key of their own main session, which nobody else can open. */
  mainKey(principal: Principal): string;
  /** The user behind an identity on a channel. */
  fromChannel(identity: string): Principal | undefined;
  /** Whether there is such a user: one of {@link list}, the owner, or somebody who is vouched for. */
  knows(id: string): boolean;
  list(): readonly Person[];
}

/** The id that the gateway's own secret stands for; no user has it. */
export const OWNER_ID: string = OWNER.id;

export function createPeople({ users, roles = {}, agents = {}, vouched }: PeopleOptions): People {
  const known = new Map(Object.entries(users));
  const allRoles = new Map<string, Role>(Object.entries({ ...roles, ...BUILT_IN_ROLES }));
  const secrets = userSecrets(users);
  const roleOf = (id: string): Role | undefined => allRoles.get(known.get(id)?.role ?? "");
  const byIdentity = new Map([...known].flatMap(([id, user]) => (user.identities ?? []).map((name) => [name, id])));

  const principalOf = (id: string, credential: string): Principal => ({
    id,
    kind: "user",
    tenant: "local",
    scopes: roleOf(id)?.scopes ?? [],
    credential,
    role: known.get(id)?.role ?? "",
  });

  return {
    async authenticate({ user, token, password }) {
      const shown = user === undefined ? (token ?? password) : (password ?? token);
      if (shown === undefined || shown === "") return MISSING;
      const found = user === undefined ? secrets.find(shown) : await secrets.check(user, shown);
      if (found !== undefined) return { ok: true, principal: principalOf(found.user, found.credential) };
      return user === undefined ? MISMATCH : WRONG_PASSWORD;
    },

    current(principal) {
      const { id, kind, credential, scopes } = principal;
      if (kind !== "user" || id === OWNER_ID) return principal;
      const role = roleOf(id);
      // What vouches for its callers by itself, like a proxy, needs no user here.
      if (role === undefined) return /^(?:user|device):/.test(credential) ? undefined : principal;
      if (credential.startsWith("user:") && !secrets.has(id, credential)) return undefined;
      return { ...principalOf(id, credential), scopes: scopes.filter((scope) => hasScope(role, scope)) };
    },

    mayUse({ id, kind, scopes }, agent) {
      const { owner, members = [] } = agents[agent] ?? {};
      const role = kind === "user" ? roleOf(id) : undefined;
      if (id === OWNER_ID || scopes.includes("admin") || role?.scopes.includes("admin")) return true;
      if (kind === "user" && (id === owner || members.includes(id))) return true;
      if (role?.agents !== undefined) return role.agents.includes(agent);
      return owner === undefined && members.length === 0;
    },

    mainKey: ({ id, kind }) =>
      kind === "user" && id !== OWNER_ID ? `main~${encodeURIComponent(id).toLowerCase()}` : "main",

    fromChannel(identity) {
      const id = byIdentity.get(identity);
      return id === undefined ? undefined : principalOf(id, `channel:${identity.split(":", 1)[0]}`);
    },

    knows: (id) => id === OWNER_ID || known.has(id) || (vouched?.(id) ?? false),

    list: () =>
      [...known].map(([id, { name, role }]) => ({
        id,
        ...(name === undefined ? {} : { name }),
        role,
        scopes: roleOf(id)?.scopes ?? [],
      })),
  };
}

const MISSING = {
  ok: false,
  missing: true,
  code: "AUTH_TOKEN_MISSING",
  message: "This gateway wants a token or password: your own, or its owner's.",
} as const;
const MISMATCH = {
  ok: false,
  code: "AUTH_TOKEN_MISMATCH",
  message:
    "The token or password is nobody's on this gateway. A token stands in openclaw.json as users.<id>.token; a password is shown with its user's name.",
} as const;

const WRONG_PASSWORD = {
  ok: false,
  code: "AUTH_PASSWORD_MISMATCH",
  message: 'There is no such user with this password. The gateway\'s owner sets a new one with "claw users password".',
} as const;

/** A gateway that keeps no users: whoever is let in is who they are said to be, and every agent is theirs. */
export const everybody: People = {
  authenticate: () => MISMATCH,
  current: (principal) => principal,
  mayUse: () => true,
  mainKey: () => "main",
  fromChannel: () => undefined,
  knows: () => true,
  list: () => [],
};
