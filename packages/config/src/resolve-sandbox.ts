import { formatConfigPath } from "./config-path.ts";
import { agentPath, listedAgents } from "./listed-agents.ts";
import { narrowerAccess } from "./narrower.ts";
import type { Config } from "./validate.ts";

type Layer = Config["sandbox"];
type Values = Required<Omit<Layer, "docker" | "host">>;

/** What holds for the sandbox of one agent. */
export interface ResolvedSandbox extends Values {
  readonly docker: NonNullable<Layer["docker"]>;
  readonly host: { readonly enabled: boolean };
  /** The configuration key that each value comes from, by its name here, like `docker.cpus`; or why it is the default. */
  readonly rules: Readonly<Record<string, string>>;
}

interface Placed {
  readonly path: string;
  readonly layer: Layer;
}

const DEFAULT = "default";
const CONTAINER = ["image", "setupCommand", "setupAllow", "memoryMb", "cpus", "pidsLimit", "diskMb"] as const;

/**
 * The sandbox of an agent. A key set nearest to the agent wins; `workspaceAccess` is the narrowest of all, a
 * `host.enabled` that is false anywhere counts, and hosts that are denied anywhere stay denied. `reach` is the key by
 * which people of a chat channel reach the agent.
 */
export function resolveSandbox(config: Config, agent: string, reach: string | undefined): ResolvedSandbox {
  const layers = layersOf(config, agent);
  const rules: Record<string, string> = {};
  const nearest = <Value>(key: string, read: (layer: Layer) => Value | undefined): Value | undefined => {
    const found = layers.findLast(({ layer }) => read(layer) !== undefined);
    rules[key] = found === undefined ? DEFAULT : `${found.path}.${key}`;
    return found && read(found.layer);
  };
  const docker = CONTAINER.map((name) => [name, nearest(`docker.${name}`, ({ docker }) => docker?.[name])] as const);
  const values = {
    backend: nearest("backend", ({ backend }) => backend) ?? "auto",
    mode: nearest("mode", ({ mode }) => mode),
    scope: nearest("scope", ({ scope }) => scope) ?? "session",
    network: nearest("network", ({ network }) => network) && networkOf(layers),
    secretFiles: nearest("secretFiles", ({ secretFiles }) => secretFiles) ?? {},
    docker: Object.fromEntries(docker.filter(([, value]) => value !== undefined)),
  };
  if (values.mode === undefined && reach !== undefined) rules["mode"] = `${DEFAULT}: ${reach} lets a chat channel in`;
  return {
    ...values,
    mode: values.mode ?? (reach === undefined ? "non-main" : "all"),
    network: values.network ?? "none",
    workspaceAccess: accessOf(layers, rules),
    host: { enabled: hostOf(layers, rules) },
    rules,
  };
}

/** What is said about an agent, the widest first. */
function layersOf(config: Config, agent: string): readonly Placed[] {
  const { agents, sandbox } = config;
  const index = listedAgents(config).findIndex(({ id }) => id === agent);
  const own = listedAgents(config)[index]?.sandbox;
  return [
    { path: "sandbox", layer: sandbox },
    { path: "agents.defaults.sandbox", layer: agents.defaults.sandbox ?? {} },
    { path: `${formatConfigPath(agentPath(agents, index, agent))}.sandbox`, layer: own ?? {} },
  ];
}

function accessOf(layers: readonly Placed[], rules: Record<string, string>): Values["workspaceAccess"] {
  const access = layers.map(({ layer }) => layer.workspaceAccess).reduce(narrowerAccess, undefined);
  const from = layers.find(({ layer }) => access !== undefined && layer.workspaceAccess === access);
  rules["workspaceAccess"] = from === undefined ? DEFAULT : `${from.path}.workspaceAccess`;
  return access ?? "rw";
}

function hostOf(layers: readonly Placed[], rules: Record<string, string>): boolean {
  const said = layers.filter(({ layer }) => layer.host?.enabled !== undefined);
  const from = said.find(({ layer }) => layer.host?.enabled === false) ?? said.at(-1);
  rules["host.enabled"] = from === undefined ? DEFAULT : `${from.path}.host.enabled`;
  return from?.layer.host?.enabled ?? false;
}

function networkOf(layers: readonly Placed[]): Values["network"] {
  return layers.map(({ layer }) => layer.network ?? undefined).reduce(nearerNetwork, undefined) ?? "none";
}

function nearerNetwork(wider: Layer["network"], nearer: Layer["network"]): Layer["network"] {
  if (nearer === undefined || wider === undefined || nearer === "none" || wider === "none") return nearer ?? wider;
  return { ...nearer, deny: [...wider.deny, ...nearer.deny] };
}
