import type { Report } from "./gateway-agreement.ts";
import { agentPath, listedAgents } from "./listed-agents.ts";
import { hashProblem } from "./password-form.ts";

const BUILT_IN = ["owner", "admin", "operator", "member", "viewer"];
/** Whom the gateway's own secret stands for. */
const OWNER = "owner";

export interface PeopledAgent {
  readonly id: string;
  readonly owner?: string;
  readonly members?: readonly string[];
}

export interface CheckedPeople {
  readonly users: Readonly<
    Record<string, { readonly role: string; readonly token?: string; readonly password?: string }>
  >;
  readonly roles: Readonly<Record<string, unknown>>;
  readonly agents: {
    readonly list: readonly PeopledAgent[];
    readonly entries: Readonly<Record<string, Omit<PeopledAgent, "id">>>;
  };
}

/** That roles and users are what the rest takes them for, and that a secret tells two people apart. */
export function checkPeople(value: CheckedPeople, report: Report): void {
  const { users, roles, agents } = value;
  for (const role of BUILT_IN) {
    if (role in roles) report(["roles", role], "is built in and can't be changed; take another name");
  }
  const secrets = new Map<string, string>();
  for (const [id, { role, token, password }] of Object.entries(users)) {
    if (id === OWNER) report(["users", id], "is whoever has the gateway's own secret; take another id");
    if (!BUILT_IN.includes(role) && !(role in roles)) {
      report(["users", id, "role"], `expected one of ${[...BUILT_IN, ...Object.keys(roles)].join(", ")}`);
    }
    const wrong = hashProblem(password ?? "");
    if (wrong !== undefined) report(["users", id, "password"], wrong);
    if (token === undefined && password === undefined) report(["users", id], "needs a token or a password");
    for (const [key, secret] of Object.entries({ token, password })) {
      if (secret === undefined) continue;
      const other = secrets.get(secret);
      if (other !== undefined) report(["users", id, key], `is also the secret of ${other}; each needs their own`);
      secrets.set(secret, id);
    }
  }
  listedAgents(value).forEach(({ id, owner, members = [] }, index) => {
    const unknown = [owner, ...members].find((user) => user !== undefined && user !== OWNER && !(user in users));
    if (unknown === undefined) return;
    report([...agentPath(agents, index, id), owner === unknown ? "owner" : "members"], `there is no user "${unknown}"`);
  });
}
