/** A key of OpenClaw that is another one here. `*` stands for one part of the path, `$1` for what the first one was. */
interface Rename {
  readonly from: string;
  readonly to: string;
  /** The value as it is written here; `undefined` when it has no counterpart. */
  readonly convert?: (value: unknown) => unknown;
}

/** The first that fits counts. */
export const RENAMES: readonly Rename[] = [
  ...["agents.entries.*", "agents.list.*"].flatMap((agent): readonly Rename[] => {
    const to = agent.replace("*", "$1");
    return [
      { from: `${agent}.identity.name`, to: `${to}.name` },
      { from: `${agent}.identity.theme`, to: `${to}.description` },
      { from: `${agent}.model.primary`, to: `${to}.model` },
      { from: `${agent}.model.fallbacks`, to: `${to}.model`, convert: () => undefined },
      ...sandbox(`${agent}.sandbox`, `${to}.sandbox`),
    ];
  }),
  ...sandbox("agents.defaults.sandbox", "agents.defaults.sandbox"),
  { from: "agents.defaults.imageModel", to: "models.routing.vision" },
  { from: "agents.defaults.imageModel.primary", to: "models.routing.vision.primary" },
  { from: "agents.defaults.imageModel.fallbacks", to: "models.routing.vision.fallbacks" },
  { from: "agents.defaults.utilityModel", to: "models.routing.fast" },
  { from: "gateway.bind", to: "gateway.bind", convert: (value) => (value === "auto" ? "loopback" : value) },
  { from: "logging.level", to: "logging.level", convert: logLevel },
];

function sandbox(from: string, to: string): readonly Rename[] {
  return [
    { from: `${from}.docker.memory`, to: `${to}.docker.memoryMb`, convert: mebibytes },
    {
      from: `${from}.docker.image`,
      to: `${to}.docker.image`,
      convert: (value) => (String(value).startsWith("openclaw-sandbox") ? undefined : value),
    },
  ];
}

function mebibytes(value: unknown): number | undefined {
  const [, amount, unit = "b"] = /^(\d+(?:\.\d+)?)\s*([bkmg])?b?$/i.exec(String(value)) ?? [];
  const scale: Readonly<Record<string, number>> = { b: 2 ** -20, k: 2 ** -10, m: 1, g: 1024 };
  return amount === undefined ? undefined : Math.max(16, Math.round(Number(amount) * (scale[unit.toLowerCase()] ?? 1)));
}

function logLevel(value: unknown): unknown {
  if (value === "trace") return "debug";
  return value === "fatal" ? "error" : value;
}

/** Entries that are taken as they are or not at all. */
export const WHOLE: readonly string[] = ["bindings.*", "session.sendPolicy.rules.*"];

/** Why a key has no place here, by the longest beginning that fits; only for what the schema does not know. */
export const REASONS: Readonly<Record<string, string>> = {
  accessGroups: "groups of people are not there yet; list people where they are allowed",
  acp: "agents are not run over ACP",
  "agents.*.*.agentDir": "an agent's state is kept in the state directory",
  "agents.*.*.identity": "of an identity, name and theme are used",
  "agents.*.*.model.fallbacks":
    "an agent's own model has no fallbacks; give it a role and route that in models.routing",
  "agents.*.*.subagents": "sub-agents are not there yet",
  "agents.*.*.tts": "speech is not there",
  "agents.*.sandbox.docker.image": "Claw builds a sandbox image of its own",
  "agents.defaults.blockStreaming": "answers are streamed as the client can show them",
  "agents.defaults.bootstrap": "the workspace files have fixed limits",
  "agents.defaults.compaction": "set by Claw",
  "agents.defaults.contextPruning": "set by Claw",
  "agents.defaults.heartbeat": "the heartbeat is not there yet",
  "agents.defaults.models": "models have no aliases; settings of a model stand in models.providers.*.models",
  "agents.defaults.skills": "skills are not there yet",
  "agents.defaults.subagents": "sub-agents are not there yet",
  "agents.defaults.thinkingDefault": "the model decides how long it thinks",
  approvals: "approvals are not forwarded",
  attachments: "attachments are not taken yet",
  auth: "keys stand in models.providers, or in the environment",
  bindings: "this kind of binding does not exist here",
  broadcast: "of a broadcast group, agents, mentionGating, maxRounds and maxTurns are used",
  browser: "there is no browser tool",
  channels: "no channel by that name is installed",
  cloudWorkers: "there are no cloud workers",
  commands: "commands are not configured",
  cron: "scheduled work is not there yet",
  desktop: "there is no desktop tool",
  diagnostics: "telemetry is set in diagnostics.otel",
  discovery: "the gateway is not announced on the network",
  env: "set variables for the gateway itself: in its service file, or in .env",
  "gateway.bind": "not a way this gateway can listen",
  "gateway.http": "the HTTP endpoints are on for whoever proves who they are",
  "gateway.mode": "a gateway is always local; clients take --url",
  "gateway.nodes": "nodes are not there yet",
  "gateway.remote": "clients take --url and --token",
  "gateway.tailscale": "Tailscale is set up outside of Claw; see gateway.auth.allowTailscale",
  "gateway.terminal": "there is no terminal in the browser",
  hooks: "webhooks are not there yet",
  logging: "the log is JSON lines and always redacted",
  mcp: "MCP servers are not there yet",
  memory: "the memory is not configured",
  messages: "set by Claw",
  meta: "notes of the program that wrote the file",
  "models.mode": "providers of this file are always added to those built in",
  "models.providers.*.models": "of a model id, name, contextWindow, maxTokens and input are used",
  nodeHost: "nodes are not there yet",
  plugins: "there are no plugins",
  proxy: "requests go through the proxy of the environment, if there is one",
  "secrets.egressProxy": "secrets are not put into requests of tools",
  security: "the policy and the audit are always on",
  "session.scope": "every sender has sessions of their own",
  "session.maintenance": "sessions are kept until somebody deletes them",
  "session.store": "sessions are kept in the state directory",
  skills: "skills are not there yet",
  surfaces: "there are no such surfaces",
  talk: "speech is not there",
  telemetry: "nothing is sent to anybody unless diagnostics.otel says so",
  tools: "this tool, or this setting of it, is not there",
  "tools.byProvider": "tools are allowed by agent, not by provider",
  "tools.elevated": "people who may leave the sandbox are users, listed by id in tools.elevated.allowFrom",
  "tools.exec": "of this, security and ask are used",
  transcripts: "transcripts are kept with the sessions",
  tts: "speech is not there",
  ui: "the interface has no settings here",
  update: "updates are up to whoever installed Claw",
  web: "there is no web login",
  wizard: "notes of the program that wrote the file",
  worktreeAcceleration: "there are no work trees",
  worktreeRoot: "there are no work trees",
};
