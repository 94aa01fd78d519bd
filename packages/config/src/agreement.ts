import { type ConfigPath, formatConfigPath } from "./config-path.ts";
import { type CheckedGateway, checkGateway, type Report } from "./gateway-agreement.ts";
import { agentPath, listedAgents } from "./listed-agents.ts";
import { narrowerAccess } from "./narrower.ts";
import { type CheckedPeople, checkPeople, type PeopledAgent } from "./people-agreement.ts";

interface SandboxLayer {
  readonly workspaceAccess?: "none" | "ro" | "rw";
}

interface CheckedAgent extends PeopledAgent {
  readonly default?: boolean;
  readonly sandbox?: SandboxLayer;
}

interface Checked extends CheckedPeople {
  readonly gateway: CheckedGateway;
  readonly agents: {
    readonly defaults: { readonly sandbox?: SandboxLayer };
    readonly list: readonly CheckedAgent[];
    readonly entries: Readonly<Record<string, Omit<CheckedAgent, "id">>>;
  };
  readonly sandbox: SandboxLayer;
}

interface Context {
  readonly value: Checked;
  readonly issues: {
    push(issue: { code: "custom"; input: undefined; path: (string | number)[]; message: string }): unknown;
  };
}

/** Where the keys of a configuration do not fit each other: nowhere in one that was read as a whole. */
export function disagreements(value: Checked): readonly ConfigPath[] {
  const found: ConfigPath[] = [];
  checkAgreement({ value, issues: { push: ({ path }) => found.push(path) } });
  return found;
}

/** What single keys can't say: that they fit each other. */
export function checkAgreement({ value, issues }: Context): void {
  const report = (path: ConfigPath, message: string) =>
    issues.push({ code: "custom", input: undefined, path: [...path], message });
  checkGateway(value.gateway, report);
  checkAgents(value, report);
  checkPeople(value, report);
  const defaults = value.agents.defaults.sandbox;
  checkNarrowing([value.sandbox], defaults, ["agents", "defaults", "sandbox"], report);
  listedAgents(value).forEach(({ id, sandbox }, index) => {
    checkNarrowing([value.sandbox, defaults], sandbox, [...agentPath(value.agents, index, id), "sandbox"], report);
  });
}

function checkAgents(value: Checked, report: Report): void {
  const listed = listedAgents(value);
  const pathOf = (index: number) => agentPath(value.agents, index, listed[index]?.id ?? "");
  listed.forEach(({ id }, index) => {
    const first = listed.findIndex((other) => other.id === id);
    if (first === index) return;
    const path = index < value.agents.list.length ? [...pathOf(index), "id"] : pathOf(index);
    report(path, `"${id}" is already the id of ${formatConfigPath(pathOf(first))}; name each agent once`);
  });
  const [first, second] = listed.flatMap((agent, index) => (agent.default ? [index] : []));
  if (first === undefined || second === undefined) return;
  report(
    [...pathOf(second), "default"],
    `only one agent can be the default; ${formatConfigPath(pathOf(first))} is already`,
  );
}

function checkNarrowing(
  wider: readonly (SandboxLayer | undefined)[],
  layer: SandboxLayer | undefined,
  path: ConfigPath,
  report: Report,
): void {
  const limit = wider.map((one) => one?.workspaceAccess).reduce(narrowerAccess, undefined);
  if (layer?.workspaceAccess !== undefined && narrowerAccess(limit, layer.workspaceAccess) !== layer.workspaceAccess) {
    report(
      [...path, "workspaceAccess"],
      `"${layer.workspaceAccess}" is wider than the "${limit}" set above it; a sandbox can only be narrowed`,
    );
  }
}
