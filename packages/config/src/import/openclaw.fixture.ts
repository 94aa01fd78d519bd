/** Configurations of OpenClaw as people have them; every secret in them begins with `hush-`. */
export const openClawConfigs: Readonly<Record<string, string>> = {
  home: `// one person, one bot
{
  $schema: "https://example.com/openclaw.schema.json",
  meta: { lastTouchedVersion: "2026.9.6", lastTouchedAt: "2026-09-20T10:00:00.000Z" },
  env: { vars: { OPENROUTER_API_KEY: "hush-router" }, shellEnv: { enabled: true, timeoutMs: 15000 } },
  wizard: { lastRunAt: "2026-09-01T08:00:00.000Z", lastRunCommand: "onboard" },
  logging: { level: "trace", file: "/var/log/openclaw.log", consoleStyle: "pretty", redactPatterns: ["x"] },
  auth: { profiles: { "anthropic:default": { provider: "anthropic", mode: "api_key" } }, order: { anthropic: ["anthropic:default"] } },
  models: {
    mode: "merge",
    providers: {
      anthropic: { apiKey: { source: "env", provider: "default", id: "ANTHROPIC_API_KEY" } },
      local: {
        baseUrl: "http://127.0.0.1:1234/v1",
        apiKey: "hush-local",
        api: "openai-completions",
        models: [{ id: "qwen", name: "Qwen", input: ["text"], contextWindow: 32768, maxTokens: 4096, cost: { input: 0, output: 0 } }],
      },
    },
  },
  agents: {
    defaults: {
      workspace: "~/.openclaw/workspace",
      model: { primary: "anthropic/claude-sonnet-5", fallbacks: ["local/qwen"] },
      imageModel: { primary: "anthropic/claude-sonnet-5" },
      utilityModel: "local/qwen",
      models: { "anthropic/claude-sonnet-5": { alias: "sonnet" } },
      thinkingDefault: "low",
      timeoutSeconds: 600,
      maxConcurrent: 3,
      heartbeat: { every: "30m", target: "owner" },
      sandbox: {
        mode: "non-main",
        scope: "session",
        workspaceAccess: "rw",
        docker: { image: "openclaw-sandbox:bookworm-slim", memory: "1g", cpus: 1.5, pidsLimit: 256, network: "none" },
      },
    },
    entries: {
      main: { default: true, identity: { name: "Samantha", theme: "helpful sloth", emoji: "🦥" }, groupChat: { mentionPatterns: ["@sam"] } },
    },
  },
  tools: { profile: "coding", deny: ["browser"], exec: { host: "gateway", security: "full", ask: "off" }, elevated: { enabled: true, allowFrom: { telegram: ["1"] } } },
  session: { dmScope: "per-channel-peer", reset: { mode: "daily", atHour: 4 }, maintenance: { mode: "enforce", maxEntries: 500 } },
  messages: { ackReaction: "👀", groupChat: { mentionPatterns: ["@claw"], historyLimit: 50 } },
  channels: { telegram: { enabled: true, botToken: "hush-telegram", allowFrom: ["123"] } },
  gateway: { mode: "local", port: 18789, bind: "auto", auth: { mode: "token", token: "hush-gateway" }, controlUi: { enabled: true }, tailscale: { mode: "off" } },
  skills: { entries: { weather: { enabled: true, apiKey: "hush-weather" } } },
  plugins: { allow: ["voice-call"], entries: { "voice-call": { config: { token: "hush-plugin" } } } },
}
`,
  team: `// several agents behind a proxy
{
  secrets: {
    providers: {
      vault: { source: "exec", command: "/usr/local/bin/vault-resolver", args: ["--prod"], passEnv: ["VAULT_ADDR"] },
      files: { source: "file", path: "/etc/claw/secrets.json" },
    },
    defaults: { exec: "vault" },
    egressProxy: { enabled: true, allowedHosts: ["api.example.com"] },
  },
  gateway: {
    mode: "local",
    port: 18789,
    bind: "lan",
    auth: { mode: "password", password: { source: "exec", provider: "vault", id: "gateway/password" } },
    trustedProxies: ["10.0.0.1"],
    remote: { url: "wss://claw.example.com", token: "hush-remote" },
    http: { endpoints: { chatCompletions: { enabled: true } } },
    roles: { default: "viewer" },
  },
  agents: {
    list: [
      { id: "support", name: "Support", workspace: "/srv/support", model: { primary: "openai/gpt-5", fallbacks: ["openai/gpt-5-mini"] }, tools: { profile: "messaging", deny: ["exec"] } },
      { id: "coder", model: "openai/gpt-5", agentDir: "~/.openclaw/agents/coder", subagents: { allowAgents: ["*"] } },
      { id: "Bad Id", name: "no such id" },
    ],
  },
  bindings: [
    { agentId: "support", match: { channel: "slack", teamId: "T1" } },
    { agentId: "coder", match: { channel: "discord", guildId: "1", peer: { kind: "channel", id: "2" } } },
    { type: "acp", agentId: "coder", match: { channel: "discord" }, acp: { cwd: "/srv" } },
  ],
  broadcast: { strategy: "parallel", "slack:C1": ["support", "coder"] },
  session: { identityLinks: { alice: ["slack:U1", "discord:2"] }, sendPolicy: { default: "allow", rules: [{ action: "deny", match: { channel: "discord", chatType: "group" } }] } },
  tools: { agentToAgent: { enabled: true, allow: ["support"] }, web: { search: { apiKey: "hush-search" } } },
  hooks: { enabled: true, token: "hush-hook", path: "/hooks", mappings: [{ match: { path: "gmail" }, action: "agent" }] },
  cron: { enabled: true, sessionRetention: "24h" },
  mcp: { servers: { docs: { url: "https://mcp.example.com", headers: { Authorization: "hush-mcp" } } } },
}
`,
  everything: `{
  meta: { lastTouchedVersion: "1" }, env: { vars: { A: "hush-a" } }, wizard: { lastRunAt: "x" },
  diagnostics: { enabled: true, otel: { enabled: false } }, logging: { level: "info" }, update: { channel: "stable" },
  telemetry: { enabled: false }, browser: { enabled: true }, ui: { seamColor: "#fff" }, secrets: { defaults: { env: "default" } },
  auth: { order: { openai: ["openai:default"] } }, accessGroups: { family: ["telegram:1"] }, acp: { enabled: false },
  models: { providers: { openai: { apiKey: "\${OPENAI_API_KEY}" } } }, nodeHost: { browserProxy: { enabled: false } },
  agents: { defaults: { model: "openai/gpt-5" } }, worktreeRoot: "~/trees", worktreeAcceleration: "off",
  tools: { profile: "minimal" }, security: { audit: { suppressions: [] } }, bindings: [], broadcast: {},
  attachments: { maxBytes: 1 }, messages: { responsePrefix: ">" }, tts: { auto: "off" }, commands: { native: "auto" },
  approvals: { exec: { enabled: false } }, session: { scope: "per-sender" }, cron: { enabled: false },
  transcripts: { enabled: true }, hooks: { enabled: false }, channels: { whatsapp: { allowFrom: ["+1"] } },
  discovery: { mdns: { mode: "minimal" } }, talk: { voiceId: "x" }, gateway: { mode: "local" },
  cloudWorkers: { enabled: false }, desktop: { enabled: false }, memory: { search: { provider: "openai" } },
  mcp: { servers: {} }, skills: { allowBundled: [] }, plugins: { enabled: true }, surfaces: { web: {} },
  proxy: { proxyUrl: "http://user:hush-proxy@proxy:1" }, $schema: "x", somethingNew: { a: 1 },
}
`,
};
