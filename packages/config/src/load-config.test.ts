import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClawError } from "@claw/core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { initialConfig } from "./initial-config.ts";
import { loadConfig } from "./load-config.ts";
import { ConfigError } from "./problem.ts";
import { type Config, parseConfig } from "./validate.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "claw-config-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

async function errorOf(promise: Promise<unknown>): Promise<ConfigError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ConfigError) return error;
  throw new Error(`expected a ConfigError, got ${String(error)}`);
}

const load = (text: string, env = {}) => {
  const path = join(directory, "openclaw.json");
  writeFileSync(path, text);
  return loadConfig({ path, env });
};

describe("a good file", () => {
  test("the empty object gets every default", async () => {
    const { config, hash, source } = await load("{}");
    expect(config).toEqual({
      gateway: {
        port: 18789,
        bind: "loopback",
        allowedHosts: [],
        trustedProxies: [],
        auth: {
          mode: "token",
          rotateOverlapMinutes: 10,
          rateLimit: { maxAttempts: 10, windowMs: 60_000, lockoutMs: 300_000 },
          allowTailscale: false,
        },
        tls: { enabled: false, autoGenerate: true },
        reload: { mode: "hybrid" },
        tools: { allow: [], deny: [] },
        controlUi: { enabled: true, allowedOrigins: [] },
      },
      agents: {
        defaults: {
          compaction: { enabled: true, timeoutSeconds: 180 },
          contextPruning: { mode: "off" },
          timeoutSeconds: 3600,
          maxSteps: 50,
          maxRecoveries: 3,
          maxConcurrent: 64,
        },
        list: [],
        entries: {},
      },
      models: { providers: {}, routing: {} },
      sandbox: {},
      tools: {
        profile: "coding",
        exec: { security: "full", ask: "always", allowlist: [] },
        elevated: { enabled: false, allowFrom: [] },
        agentToAgent: { enabled: false, allow: [] },
      },
      session: {
        dmScope: "per-channel-peer",
        groupScope: "per-group",
        identityLinks: {},
        resetByType: {},
        resetByChannel: {},
        resetTriggers: [],
        sendPolicy: { default: "allow", rules: [] },
      },
      bindings: [],
      broadcast: {},
      messages: {
        queue: { mode: "steer", byChannel: {}, cap: 20, drop: "summarize", debounceMs: 500 },
        inbound: { debounceMs: 0 },
        groupChat: { mentionPatterns: [] },
      },
      limits: { perPerson: { turns: 48, queued: 1000 }, perChannel: { turns: 48 } },
      users: {},
      roles: {},
      secrets: { providers: {}, defaults: { env: "default" } },
      channels: {},
      diagnostics: {
        otel: {
          enabled: false,
          endpoint: "http://127.0.0.1:4318",
          protocol: "http/protobuf",
          serviceName: "claw-gateway",
          sampleRatio: 1,
          metricsIntervalSeconds: 60,
        },
      },
      logging: { level: "info" },
    } satisfies Config);
    expect([source, hash]).toEqual(["{}", "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"]);
  });

  test("the file of a first start loads, and holds no secret", async () => {
    const { $schema, ...config } = (await load(initialConfig())).config;
    expect(config).toEqual({ ...(await load("{}")).config, sandbox: { backend: "auto" } });
    expect($schema).toBe("./openclaw.schema.json");
  });

  test("secrets come from text, variables and references, and $${} stays literal", async () => {
    const text = `{ models: { providers: {
      a: { apiKey: "plain", headers: { "X-Key": "Bearer \${KEY}" } },
      b: { apiKey: { source: "env", id: "KEY" } },
      c: { apiKey: "$\${KEY}" },
    } } }`;
    const { config } = await load(text, { KEY: "k1" });
    expect(config.models.providers).toEqual({
      a: { apiKey: "plain", headers: { "X-Key": "Bearer k1" } },
      b: { apiKey: "k1" },
      c: { apiKey: "${KEY}" },
    });
  });
});

describe("a bad file", () => {
  test("an unknown key is named with its place and the nearest known key", async () => {
    const error = await errorOf(load('{\n  gateway: {\n    prot: 18789,\n    auth: { token: "hunter2" },\n  },\n}'));
    expect(ClawError.is(error, "CONFIG_INVALID")).toBe(true);
    expect(error.problems).toMatchObject([{ path: "gateway.prot", line: 3, column: 5 }]);
    expect(error.message).toBe(
      [
        `${join(directory, "openclaw.json")} has a problem:`,
        "",
        'gateway.prot (line 3, column 5): unknown key; did you mean "port"?',
        "    3 |     prot: •••••,",
        "      |     ^^^^",
      ].join("\n"),
    );
  });

  test("a key that resembles nothing gets the list of known keys", async () => {
    const { problems } = await errorOf(load("{ session: { resetByType: { zzzzzz: 1 } } }"));
    expect(problems).toMatchObject([{ message: "unknown key; known here: direct, group, thread" }]);
  });

  test.each([
    ['{ gateway: { port: "80" } }', "gateway.port", 'expected a number, found "80"'],
    ["{ gateway: { port: 1.5 } }", "gateway.port", "expected a whole number, found 1.5"],
    ["{ gateway: { port: 70000 } }", "gateway.port", "expected at most 65535, found 70000"],
    ['{ gateway: { bind: "lann" } }', "gateway.bind", 'or "tailnet" or "custom", found "lann"'],
    ["{ gateway: null }", "gateway", "expected an object in { }, found null"],
    ["[]", "", "expected an object in { }, found a list of 0"],
    ['{ agents: { list: [{ name: "x" }] } }', "agents.list[0].id", "expected a text in quotes, found nothing"],
    [
      '{ agents: { list: [{ id: "a" }, { id: "a" }] } }',
      "agents.list[1].id",
      '"a" is already the id of agents.list[0]',
    ],
    ["{ gateway: { auth: { token: 12345 } } }", "gateway.auth.token", "found a number"],
    ['{ gateway: { bind: "lan", auth: { mode: "none" } } }', "gateway.auth.mode", "none is only possible"],
    ['{ gateway: { auth: { mode: "password" } } }', "gateway.auth.mode", "password needs gateway.auth.password"],
    ['{ gateway: { bind: "tailnet" } }', "gateway.bind", "Set gateway.tls.enabled to true"],
    ['{ gateway: { tls: { certPath: "a" } } }', "gateway.tls.certPath", "needs gateway.tls.keyPath"],
    [
      "{ gateway: { tls: { enabled: true, autoGenerate: false } } }",
      "gateway.tls.enabled",
      "needs gateway.tls.certPath",
    ],
    ['{ gateway: { trustedProxies: ["10.0.0.0/33"] } }', "gateway.trustedProxies[0]", "a range like 10.0.0.0/8"],
    ['{ gateway: { auth: { mode: "trusted-proxy" } } }', "gateway.auth.mode", "needs gateway.auth.trustedProxy"],
    [
      '{ gateway: { auth: { token: "x", rotateEveryHours: 1 } } }',
      "gateway.auth.rotateEveryHours",
      "rotates only a token that Claw made",
    ],
    ['{ gateway: { bind: "custom" } }', "gateway.bind", "custom needs gateway.customBindHost"],
    ['{ gateway: { controlUi: { allowedOrigins: ["*"] } } }', "gateway.controlUi.allowedOrigins[0]", "an origin like"],
    ["{ channels: { telegram: {} } }", "channels.telegram", 'no channel called "telegram" is installed'],
    ['{ models: { providers: { "A b": {} } } }', 'models.providers["A b"]', "expected a provider id"],
    ['{ models: { providers: { a: { baseUrl: "ftp://x" } } } }', "models.providers.a.baseUrl", "an http or https URL"],
    ['{ models: { routing: { fast: "gpt" } } }', "models.routing.fast", 'a model as "provider/model"'],
    ['{ models: { routing: { fast: { primry: "a/b" } } } }', "models.routing.fast.primry", 'did you mean "primary"?'],
    ['{ "__proto__": { polluted: true } }', "__proto__", "unknown key"],
    ['{ tools: { exec: { ask: "off" } } }', "tools.exec.ask", 'set security to "allowlist"'],
    [
      '{ sandbox: { workspaceAccess: "ro" }, agents: { list: [{ id: "a", sandbox: { workspaceAccess: "rw" } }] } }',
      "agents.list[0].sandbox.workspaceAccess",
      '"rw" is wider than the "ro" set above it',
    ],
  ])("%s is refused at %s", async (text, path, message) => {
    const { problems } = await errorOf(load(text));
    const problem = problems.find((one) => one.path === path);
    expect(problem?.message).toContain(message);
    expect(problem?.line).toBe(1);
  });

  test("a missing variable is named, with its path", async () => {
    const { problems } = await errorOf(
      load('{ models: { providers: { openai: { apiKey: "sk-${OPENAI_API_KEY}" } } } }'),
    );
    expect(problems).toMatchObject([
      {
        path: "models.providers.openai.apiKey",
        message: "the environment variable OPENAI_API_KEY is not set; set it for the gateway, or write the value here",
      },
    ]);
  });

  test.each([
    ["{\n  gateway: {\n", 3, 1],
    ["{ a: 1 b: 2 }", 1, 8],
    ["{ a: 1,, }", 1, 8],
    ["", 1, 1],
    ["{ a: loopback }", 1, 6],
  ])("%j is a syntax error with its place", async (text, line, column) => {
    const error = await errorOf(load(text));
    expect(error).toMatchObject({ code: "CONFIG_SYNTAX", problems: [{ line, column }] });
  });

  test("no secret reaches a message, wherever the mistake is", async () => {
    const secret = "s3cr3tValue";
    const texts = [
      `{ gateway: { bindd: "x", auth: { token: "${secret}" } } }`,
      `{ gateway: { bind: "lann", auth: { token: "${secret}" } } }`,
      `{ gateway: { auth: { token: "${secret} } }`,
      `{ gateway: { auth: { token: ${secret} } } }`,
      `{ gateway: { auth: { token: "${secret}" password: "${secret}" } } }`,
      `{ models: { providers: { a: { apikey: "${secret}" } } } }`,
      `{ models: { providers: { a: { apiKey: ["${secret}"] } } } }`,
      `{ models: { providers: { a: { headers: "${secret}" } } } }`,
      `{ models: { providers: { a: { headers: { "X-A": { b: "${secret}" } } } } } }`,
      `{ bad: 1, // token: "${secret}"\n }`,
    ];
    for (const text of texts) {
      const error = await errorOf(load(text));
      expect(`${error.message} ${JSON.stringify(error.problems)}`).not.toContain(secret);
    }
  });

  test("control characters never reach the terminal", async () => {
    const error = await errorOf(load('{ "\\u001b[2J\\u202ekey": 1 }'));
    expect(error.message).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  });

  test("a missing file, a directory, a pipe and a file that is too large are told apart", async () => {
    const at = (name: string) => join(directory, name);
    const pipe = at("pipe");
    execFileSync("mkfifo", [pipe]);
    writeFileSync(at("large"), "");
    truncateSync(at("large"), 3_000_000);
    writeFileSync(at("latin"), Buffer.from([0x7b, 0xff, 0x7d]));
    const code = async (path: string) => (await errorOf(loadConfig({ path, env: {} }))).code;
    expect(await code(at("none"))).toBe("CONFIG_MISSING");
    expect(await code(directory)).toBe("CONFIG_UNREADABLE");
    expect(await code(pipe)).toBe("CONFIG_UNREADABLE");
    expect(await code(at("large"))).toBe("CONFIG_UNREADABLE");
    expect(await code(at("latin"))).toBe("CONFIG_SYNTAX");
  });

  test("a link to a regular file is read", async () => {
    writeFileSync(join(directory, "real.json"), "{ gateway: { port: 1 } }");
    symlinkSync(join(directory, "real.json"), join(directory, "link.json"));
    const { config } = await loadConfig({ path: join(directory, "link.json"), env: {} });
    expect(config.gateway.port).toBe(1);
  });
});

test("any text gives a configuration or a ConfigError, never anything else", { timeout: 90_000 }, async () => {
  const rubbish = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json(),
    fc
      .array(fc.constantFrom("{", "}", "[", "]", ":", ",", '"', "'", "//", "gateway", "agents", "\n", "1", "$", "\\"), {
        maxLength: 40,
      })
      .map((parts) => parts.join("")),
    fc.object().map((tree) => JSON.stringify({ gateway: tree, agents: { list: [tree] }, models: { providers: tree } })),
  );
  await fc.assert(
    fc.asyncProperty(rubbish, async (text) => {
      const error = await parseConfig(text, { env: {} }).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error === undefined || error instanceof ConfigError).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test("a file nested a hundred thousand deep is refused, not a crash", async () => {
  const text = `${"{a:".repeat(100_000)}1${"}".repeat(100_000)}`;
  expect((await errorOf(parseConfig(text))).code).toBe("CONFIG_INVALID");
});
