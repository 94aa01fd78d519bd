import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatConfigPath, parseConfigPath } from "./config-path.ts";
import { configJsonSchema } from "./json-schema.ts";
import { resolveAgents } from "./resolve-agents.ts";
import { resolvePaths } from "./resolve-paths.ts";
import { isSecretPath, redactConfig } from "./secret.ts";
import { secretsIn } from "./secrets-in.ts";
import { parseConfig } from "./validate.ts";
import { writeConfigFile } from "./write-config-file.ts";

describe("resolvePaths", () => {
  const at = (env: Record<string, string>, flags = {}) => resolvePaths({ env, flags, home: "/home/u" });

  test("without anything it is .openclaw at home", () => {
    expect(at({})).toEqual({ stateDir: "/home/u/.openclaw", configPath: "/home/u/.openclaw/openclaw.json" });
  });

  test("CLAW_ names win over OPENCLAW_ names, flags over both, and empty counts as absent", () => {
    const env = { CLAW_STATE_DIR: "/c", OPENCLAW_STATE_DIR: "/o", CLAW_GATEWAY_PORT: "", OPENCLAW_GATEWAY_PORT: "7" };
    expect(at(env)).toEqual({ stateDir: "/c", configPath: "/c/openclaw.json", port: 7 });
    expect(at(env, { stateDir: "~/x", port: 8, token: "t", config: "/f.json" })).toEqual({
      stateDir: "/home/u/x",
      configPath: "/f.json",
      port: 8,
      token: "t",
    });
  });

  test("a profile names its own directory; as a flag also against a variable", () => {
    expect(at({ CLAW_PROFILE: "work" }).stateDir).toBe("/home/u/.openclaw-work");
    expect(at({ CLAW_STATE_DIR: "/c" }, { profile: "work" }).stateDir).toBe("/home/u/.openclaw-work");
    expect(at({ CLAW_STATE_DIR: "/c", CLAW_PROFILE: "work" }).stateDir).toBe("/c");
    expect(at({ CLAW_PROFILE: "default" }).stateDir).toBe("/home/u/.openclaw");
  });

  test.each(["x", "-1", "65536", "1e3", "8080 "])("the port %j is refused with its source", (port) => {
    expect(() => at({ CLAW_GATEWAY_PORT: port })).toThrow(/CLAW_GATEWAY_PORT.*\n\nexpected a port from 0 to 65535/);
  });

  test("a profile can't leave the home directory", () => {
    expect(() => at({ CLAW_PROFILE: "../x" })).toThrow("letters, digits");
  });
});

describe("resolveAgents", () => {
  test("the default agent is first, and a model wins over a role", async () => {
    const config = await parseConfig(`{
      agents: {
        defaults: { workspace: "/w" },
        list: [{ id: "x" }, { id: "y", role: "fast" }, { id: "z", default: true, model: "c/3", role: "fast", workspace: "/z" }],
      },
    }`);
    const agents = resolveAgents(config);
    expect(agents.map(({ id, modelRole, workspace }) => [id, modelRole, workspace])).toEqual([
      ["z", "c/3", "/z"],
      ["default", undefined, "/w"],
      ["x", undefined, "/w"],
      ["y", "fast", "/w"],
    ]);
  });

  test("an entry changes the built-in agent of its id, and another id adds one after them", async () => {
    const config = await parseConfig(`{ agents: { list: [{ id: "b", role: "fast" }, { id: "x" }] } }`);
    expect(resolveAgents(config, ["a", "b"]).map(({ id, modelRole }) => [id, modelRole])).toEqual([
      ["a", undefined],
      ["b", "fast"],
      ["x", undefined],
    ]);
  });

  test("the sandbox of an agent is the nearest setting, its access the narrowest", async () => {
    const config = await parseConfig(`{
      sandbox: { backend: "docker", docker: { image: "i", cpus: 2 } },
      agents: {
        defaults: { sandbox: { workspaceAccess: "ro", docker: { cpus: 1 } } },
        list: [{ id: "default", sandbox: { backend: "virtual", docker: { memoryMb: 64 } } }],
      },
    }`);
    expect(resolveAgents(config)[0].sandbox).toMatchObject({
      backend: "virtual",
      mode: "non-main",
      scope: "session",
      workspaceAccess: "ro",
      network: "none",
      docker: { image: "i", cpus: 1, memoryMb: 64 },
    });
  });

  test("the network of an agent is the nearest one, and what is denied above stays denied", async () => {
    const config = await parseConfig(
      `{
        sandbox: { network: { allow: ["api.example.org"], deny: ["bad.test"], bindings: { hub: { host: "hub.test", secret: "\${HUB}" } } } },
        agents: {
          list: [
            { id: "default", sandbox: { network: { allow: ["*"], deny: [{ host: "worse.test" }], ask: true } } },
            { id: "closed", sandbox: { network: "none" } },
            { id: "same" },
          ],
        },
      }`,
      { env: { HUB: "of-the-hub" } },
    );
    expect(resolveAgents(config).map(({ sandbox }) => sandbox.network)).toEqual([
      { allow: ["*"], deny: ["bad.test", { host: "worse.test" }], ask: true, bindings: {} },
      "none",
      {
        allow: ["api.example.org"],
        deny: ["bad.test"],
        ask: false,
        bindings: { hub: { host: "hub.test", secret: "of-the-hub" } },
      },
    ]);
    expect(secretsIn(config)).toContain("of-the-hub");
  });

  test.each([
    [`["https://example.org"]`, "sandbox.network.allow[0]"],
    [`[{ host: "a.test", port: 1 }]`, "sandbox.network.allow[0].port"],
    [`[{ host: "a.test", ports: [0] }]`, "sandbox.network.allow[0].ports[0]"],
  ])("a rule %s is refused at its place", async (allow, path) => {
    const parsed = parseConfig(`{ sandbox: { network: { allow: ${allow} } } }`);
    await expect(parsed).rejects.toThrow(path);
  });
});

describe("secrets", () => {
  test("are redacted by place, references are not", () => {
    const tree = {
      gateway: { port: 1, auth: { token: "t", password: "${PASSWORD}" } },
      models: {
        providers: {
          a: { apiKey: { source: "env", id: "KEY" }, headers: { Cookie: "c" }, models: [{ maxTokens: 5 }] },
        },
      },
      unknown: { api_key: ["x"] },
    };
    expect(redactConfig(tree)).toEqual({
      gateway: { port: 1, auth: { token: "__REDACTED__", password: "${PASSWORD}" } },
      models: {
        providers: {
          a: { apiKey: { source: "env", id: "KEY" }, headers: { Cookie: "__REDACTED__" }, models: [{ maxTokens: 5 }] },
        },
      },
      unknown: { api_key: ["__REDACTED__"] },
    });
  });

  test("every key has a description in the schema, and every secret is known by its place", async () => {
    const visited: string[] = [];
    const visit = (node: Record<string, unknown>, path: readonly string[]): void => {
      if (path.length > 0 && node["secret"] === true) {
        visited.push(path.join("."));
        expect([path, isSecretPath(path)]).toEqual([path, true]);
      }
      const branches = (node["anyOf"] as Record<string, unknown>[] | undefined) ?? [];
      for (const branch of branches) visit(branch, path);
      for (const [key, child] of Object.entries(
        (node["properties"] ?? {}) as Record<string, Record<string, unknown>>,
      )) {
        expect([[...path, key], child["description"]]).toEqual([[...path, key], expect.stringMatching(/./)]);
        visit(child, [...path, key]);
      }
      for (const inner of [node["items"], node["additionalProperties"]]) {
        if (typeof inner === "object" && inner !== null) visit(inner as Record<string, unknown>, [...path, "*"]);
      }
    };
    visit(await configJsonSchema(), []);
    expect(visited).toEqual([
      "gateway.auth.token",
      "gateway.auth.password",
      "agents.defaults.sandbox.network.bindings.*.secret",
      "agents.defaults.sandbox.secretFiles.*",
      "agents.list.*.sandbox.network.bindings.*.secret",
      "agents.list.*.sandbox.secretFiles.*",
      "agents.entries.*.sandbox.network.bindings.*.secret",
      "agents.entries.*.sandbox.secretFiles.*",
      "models.providers.*.apiKey",
      "models.providers.*.headers.*",
      "sandbox.network.bindings.*.secret",
      "sandbox.secretFiles.*",
      "users.*.token",
      "users.*.password",
      "diagnostics.otel.headers.*",
    ]);
  });
});

test("a path reads back as it was written", () => {
  const part = fc.oneof(
    fc.string({ unit: "binary" }).filter((key) => key !== "__proto__"),
    fc.integer({ min: 0, max: 99_999 }),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (path) => {
      const text = formatConfigPath(path);
      if (text.length <= 1024) expect(parseConfigPath(text)).toEqual(path);
    }),
  );
});

describe("writeConfigFile", () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "claw-config-write-"));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  test("replaces the file for its owner alone and leaves nothing behind", async () => {
    const path = join(directory, "new", "openclaw.json");
    await writeConfigFile(path, "{}");
    await writeConfigFile(path, "{ }");
    expect(readFileSync(path, "utf8")).toBe("{ }");
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(directory, "new"))).toEqual(["openclaw.json"]);
  });

  test("refuses to replace a link or a directory", async () => {
    const target = join(directory, "target.json");
    const link = join(directory, "link.json");
    writeFileSync(target, "old");
    symlinkSync(target, link);
    await expect(writeConfigFile(link, "new")).rejects.toMatchObject({ code: "CONFIG_UNWRITABLE" });
    await expect(writeConfigFile(directory, "new")).rejects.toMatchObject({ code: "CONFIG_UNWRITABLE" });
    expect(readFileSync(target, "utf8")).toBe("old");
  });
});
