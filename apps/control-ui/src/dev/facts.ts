import type {
  AgentsList,
  ConfigReload,
  Health,
  HelloOk,
  ModelsList,
  SafeModeInfo,
  SandboxStatus,
} from "@claw/protocol";

// What the fake gateway says of itself.

export const OK_SANDBOX: SandboxStatus = {
  backend: "docker",
  summary: "Commands run in a container of their own: no network, no privileges, a read-only system.",
  limits: ["It shares the kernel with this machine.", "It has no network, so packages can't be installed."],
  state: "ready",
};

export const MODELS: ModelsList = {
  models: [
    {
      id: "offline",
      name: "Offline demo",
      provider: "demo",
      contextWindow: 32_000,
      available: true,
      tags: ["default"],
    },
  ],
};

export function agentsList(agentIds: readonly string[]): AgentsList {
  return {
    defaultId: agentIds[0] ?? "main",
    ownership: agentIds.length === 1 ? "sole" : "explicit",
    selectionRequired: false,
    mainKey: "main",
    scope: "per-sender",
    agents: agentIds.map((id) => ({ id, name: id.charAt(0).toUpperCase() + id.slice(1) })),
  };
}

let connections = 0;

export function helloOk(): HelloOk {
  connections += 1;
  return {
    type: "hello-ok",
    protocol: 4,
    server: { version: "0.1.0", connId: `c${connections}` },
    features: { methods: [], events: [] },
    snapshot: {
      presence: [],
      health: {},
      stateVersion: { presence: 0, health: 0 },
      uptimeMs: 0,
      sessionDefaults: { defaultAgentId: "main", mainKey: "main", mainSessionKey: "agent:main:main" },
    },
    auth: { role: "operator", scopes: ["operator.admin"], method: "token" },
    policy: { maxPayload: 26_214_400, maxBufferedBytes: 52_428_800, tickIntervalMs: 30_000 },
  };
}

export function healthOf(safeMode: SafeModeInfo | undefined, configReload: ConfigReload | undefined): Health {
  return {
    ok: true,
    ts: 0,
    durationMs: 0,
    channels: {},
    channelOrder: [],
    channelLabels: {},
    heartbeatSeconds: 0,
    defaultAgentId: "main",
    agents: [],
    sessions: { path: "", count: 0, recent: [] },
    ...(safeMode === undefined ? {} : { safeMode }),
    ...(configReload === undefined ? {} : { configReload }),
  };
}
