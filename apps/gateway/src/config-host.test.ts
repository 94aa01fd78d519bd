import { chmod, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createClient } from "@claw/client";
import { resolvePaths, rotateGatewayToken } from "@claw/config";
import type { ConfigFile } from "@claw/gateway";
import { expect, test, vi } from "vitest";
import { compose } from "./compose.ts";
import type { Console } from "./console.ts";
import { serve } from "./serve.ts";
import { withStartConfig } from "./start-config.ts";

const FILE = `{
  // who may come in
  gateway: { port: 18900, auth: { token: "hunter2" } },
  models: { providers: { p: { baseUrl: "http://127.0.0.1:9/v1", apiKey: "hunter2" } } },
  agents: {
    defaults: { model: "p/m" }, // ours
    list: [{ id: "writer" }],
  },
  sandbox: { mode: "off" },
}
`;

const unrecorded = async (): Promise<void> => {};

/** A composed gateway on a file of its own, with what it warns of. */
async function composed(
  text = FILE,
  env: Readonly<Record<string, string>> = {},
  lastGood?: string,
  directory?: string,
) {
  const stateDir = directory ?? (await mkdtemp(join(tmpdir(), "claw-host-")));
  const path = join(stateDir, "openclaw.json");
  await writeFile(path, text);
  if (lastGood !== undefined) await writeFile(`${path}.last-good`, lastGood);
  const warnings: string[] = [];
  const waiting: { readonly part: string; readonly resolve: (warning: string) => void }[] = [];
  const ignore = (): void => {};
  const terminal: Console = {
    banner: ignore,
    note: ignore,
    progress: ignore,
    error: ignore,
    warn(warning) {
      warnings.push(warning);
      for (const { part, resolve } of waiting) if (warning.includes(part)) resolve(warning);
    },
  };
  const paths = resolvePaths({ env, flags: { stateDir } });
  const made = await withStartConfig({ path, env, lastGood: true }, (start) =>
    compose({ ...start, paths, env, terminal }),
  );
  await made.gateway.start();
  const call = (url: string, token = "hunter2") =>
    made.gateway.fetch(
      new Request(`http://127.0.0.1${url}`, { headers: { host: "127.0.0.1", authorization: `Bearer ${token}` } }),
    );
  return {
    ...made,
    path,
    stateDir,
    warnings,
    write: async (next: string): Promise<void> => {
      await writeFile(`${path}.new`, next);
      await rename(`${path}.new`, path);
    },
    read: () => readFile(path, "utf8"),
    warned: (part: string) =>
      new Promise<string>((resolve) => {
        const found = warnings.find((warning) => warning.includes(part));
        if (found === undefined) waiting.push({ part, resolve });
        else resolve(found);
      }),
    agents: async () => {
      const answer: { readonly data?: readonly { readonly id: string }[] } = await (await call("/v1/models")).json();
      return answer.data?.map(({ id }) => id);
    },
    status: async (token: string) => (await call("/v1/models", token)).status,
    async [Symbol.asyncDispose]() {
      made.file[Symbol.dispose]();
      await made.gateway.stop({ graceMs: 0 });
      await rm(stateDir, { recursive: true });
    },
  };
}

const patch = async (file: ConfigFile, raw: string, baseHash?: string) =>
  file.patch({ raw, baseHash: baseHash ?? (await file.snapshot()).hash }, unrecorded);

test("a changed file is taken on, and what needs a restart is named", async () => {
  await using host = await composed();
  host.file.watch();
  await host.write(FILE.replace('{ id: "writer" }', '{ id: "editor" }').replace("18900", "18901"));
  expect(await host.warned("waits for a restart")).toContain("gateway.port");
  expect(await host.agents()).toContain("openclaw/editor");
  const { config, runtimeConfig, restartRequired, valid } = await host.file.snapshot();
  expect({ valid, restartRequired }).toEqual({ valid: true, restartRequired: ["gateway.port"] });
  expect(config).toMatchObject({ gateway: { port: 18901 } });
  expect(runtimeConfig).toMatchObject({ gateway: { port: 18900 } });
});

test("a file that is wrong is not used, with its place; put right, it counts", async () => {
  await using host = await composed();
  host.file.watch();
  await host.write(FILE.replace("list:", "lsit:"));
  expect(await host.warned("is not used")).toContain(
    `${host.path}:7:5: agents.lsit: unknown key; did you mean "list"?`,
  );
  expect(await host.agents()).toContain("openclaw/writer");
  expect(host.file.reloadStatus()).toMatchObject({
    hotReloadStatus: "rejected",
    issues: [{ path: "agents.lsit", line: 7, column: 5 }],
  });
  expect(await host.file.snapshot()).toMatchObject({ valid: false, issues: [{ path: "agents.lsit" }] });
  await host.write(FILE.replace("18900", "1"));
  await host.warned("waits for a restart");
  expect(host.file.reloadStatus()).toMatchObject({ hotReloadStatus: "ok", issues: [] });
});

test("a part that can't be built stays as it was, and the others are taken on", async () => {
  await using host = await composed();
  const raw = '{ bindings: [{ agentId: "nobody", match: { channel: "x" } }], gateway: { auth: { token: "changed" } } }';
  const written = await patch(host.file, raw);
  expect(written).toMatchObject({ ok: true, issues: [{ path: "agents", message: expect.stringContaining("nobody") }] });
  expect(host.file.reloadStatus().hotReloadStatus).toBe("partial");
  expect([await host.status("changed"), await host.status("hunter2")]).toEqual([200, 401]);
  expect(await patch(host.file, '{ bindings: [{ agentId: "writer", match: { channel: "x" } }] }')).toMatchObject({
    ok: false,
  });
  const replaced = await host.file.patch(
    { raw: "{ bindings: [] }", baseHash: (await host.file.snapshot()).hash, replacePaths: ["bindings"] },
    unrecorded,
  );
  expect(replaced).toMatchObject({ ok: true, issues: [] });
  expect(host.file.reloadStatus().hotReloadStatus).toBe("ok");
});

test("a user who is named is let in at once, and out at once when removed; the owner stays", async () => {
  await using host = await composed();
  const written = await patch(host.file, '{ users: { ada: { role: "viewer", token: "ada-token" } } }');
  expect(written).toMatchObject({ ok: true, restartRequired: [], issues: [] });
  expect([await host.status("ada-token"), await host.status("hunter2")]).toEqual([200, 200]);
  expect(await patch(host.file, "{ users: { ada: null } }")).toMatchObject({ ok: true, restartRequired: [] });
  expect([await host.status("ada-token"), await host.status("hunter2")]).toEqual([401, 200]);
});

test("a patch is written with comments and a copy of before, for its owner alone, and counts at once", async () => {
  await using host = await composed();
  const { hash } = await host.file.snapshot();
  const written = await patch(host.file, '{ agents: { list: [{ id: "new" }] } }', hash);
  expect(written).toMatchObject({ ok: true, changedPaths: ["agents.list"], restartRequired: [] });
  expect(await host.agents()).toEqual(expect.arrayContaining(["openclaw/writer", "openclaw/new"]));
  expect(await host.read()).toContain("// who may come in");
  expect(await host.read()).toContain("// ours");
  expect(await readFile(`${host.path}.bak`, "utf8")).toBe(FILE);
  expect((await stat(host.path)).mode & 0o777).toBe(0o600);
  expect(JSON.stringify(written)).not.toContain("hunter2");
  expect(await patch(host.file, "{ agents: {} }")).toMatchObject({ ok: true, noop: true, changedPaths: [] });
});

test("a patch on an old hash is refused with the new one, and so is one without", async () => {
  await using host = await composed();
  const { hash: old } = await host.file.snapshot();
  await host.write(`${FILE}// by hand\n`);
  const refused = await patch(host.file, '{ logging: { level: "debug" } }', old);
  expect(refused).toMatchObject({ ok: false, code: "CONFIG_STALE" });
  expect(refused.hash).not.toBe(old);
  expect(await host.file.patch({ raw: "{}" }, unrecorded)).toMatchObject({ ok: false, code: "CONFIG_STALE" });
  expect(await patch(host.file, '{ logging: { level: "debug" } }', refused.hash)).toMatchObject({ ok: true });
  expect(await host.read()).toContain("// by hand");
});

test("what would not work is not written, and says why without a secret", async () => {
  await using host = await composed();
  for (const raw of ["{ gateway: { prot: 1 } }", "{ gateway: ", '{ gateway: { auth: { mode: "password" } } }', "[]"]) {
    const refused = await patch(host.file, raw);
    expect(refused, raw).toMatchObject({ ok: false, code: "CONFIG_INVALID" });
    expect(JSON.stringify(refused)).not.toContain("hunter2");
  }
  expect(await host.read()).toBe(FILE);
  expect(await readdir(host.stateDir)).not.toContain("openclaw.json.bak");
});

test("a shown configuration can be sent back: what is blotted out in it stays the secret it was", async () => {
  await using host = await composed();
  const { raw, hash, ...rest } = await host.file.snapshot();
  expect(JSON.stringify([raw, rest])).not.toContain("hunter2");
  const sent = String(raw).replace("18900", "18902");
  expect(await host.file.replace({ raw: sent, baseHash: hash }, unrecorded)).toMatchObject({ ok: true });
  expect(await host.read()).toBe(FILE.replace("18900", "18902"));
});

test("a file that would lose more than half, or its gateway section, is kept beside and not written", async () => {
  const agents = Array.from({ length: 60 }, (_, index) => `{ id: "agent-${index}" }`).join(", ");
  const long = FILE.replace('{ id: "writer" }', agents);
  await using host = await composed(long);
  for (const raw of [FILE, long.replace(/\n {2}gateway: .*/, "")]) {
    const { hash: baseHash } = await host.file.snapshot();
    expect(await host.file.replace({ raw, baseHash }, unrecorded)).toMatchObject({ ok: false, code: "CONFIG_CLOBBER" });
  }
  expect(await host.read()).toBe(long);
  expect((await readdir(host.stateDir)).filter((name) => name.startsWith("openclaw.json.rejected."))).not.toEqual([]);
});

test("an agent that is most of the file can be deleted, and never the gateway section with it", async () => {
  const long = FILE.replace('{ id: "writer" }', `{ id: "writer", systemPrompt: "${"Be brief. ".repeat(500)}" }`);
  await using host = await composed(long);
  const { hash: baseHash } = await host.file.snapshot();
  const without = FILE.replace('{ id: "writer" }', "");
  const bare = { raw: without.replace(/\n {2}gateway: .*/, ""), baseHash, mayShrink: true } as const;
  expect(await host.file.replace(bare, unrecorded)).toMatchObject({ ok: false, code: "CONFIG_CLOBBER" });
  expect(await host.file.replace({ raw: without, baseHash }, unrecorded)).toMatchObject({ code: "CONFIG_CLOBBER" });
  const meant = { raw: without, baseHash, mayShrink: true } as const;
  expect(await host.file.replace(meant, unrecorded)).toMatchObject({ ok: true, changedPaths: ["agents.list"] });
  expect(await host.agents()).not.toContain("openclaw/writer");
});

test("the last five files are kept, for their owner alone", async () => {
  await using host = await composed();
  for (let port = 1; port <= 7; port++) {
    expect(await patch(host.file, `{ gateway: { port: ${port} } }`)).toMatchObject({ ok: true });
  }
  const copies = (await readdir(host.stateDir)).filter((name) => name.includes(".bak")).sort();
  expect(copies).toEqual(["", ".1", ".2", ".3", ".4"].map((age) => `openclaw.json.bak${age}`));
  const ports = copies.map(async (name) => {
    const path = join(host.stateDir, name);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    return /port: (\d+)/.exec(await readFile(path, "utf8"))?.[1];
  });
  expect(await Promise.all(ports)).toEqual(["6", "5", "4", "3", "2"]);
});

test("a file that somebody changed by hand is on record with what it changed", async () => {
  await using host = await composed();
  host.file.watch();
  const { hash } = await host.file.snapshot();
  await host.write(FILE.replace("18900", "18901"));
  await host.warned("waits for a restart");
  using database = new DatabaseSync(join(host.stateDir, "state", "claw.db"), { readOnly: true });
  const rows = database.prepare("SELECT action FROM audit").all();
  expect(rows.map(({ action }) => JSON.parse(String(action)))).toMatchObject([
    {
      type: "config.change",
      principal: { id: "file" },
      input: { method: "file", changedPaths: ["gateway.port"], hash, nextHash: (await host.file.snapshot()).hash },
    },
  ]);
});

test("what an intent waits for is the last word: a file that changed meanwhile is not written over", async () => {
  await using host = await composed();
  const { hash: baseHash } = await host.file.snapshot();
  const before = () => host.write(`${FILE}// by hand\n`);
  const refused = await host.file.patch({ raw: '{ logging: { level: "debug" } }', baseHash }, before);
  expect(refused).toMatchObject({ ok: false, code: "CONFIG_STALE" });
  expect(await host.read()).toBe(`${FILE}// by hand\n`);
});

test("secrets are looked up again on request; one that is gone leaves the last one in use", async () => {
  const directory = await mkdtemp(join(tmpdir(), "claw-secret-"));
  const secret = join(directory, "token");
  await writeFile(secret, "first", { mode: 0o600 });
  const text = FILE.replace(
    'auth: { token: "hunter2" }',
    'auth: { token: { source: "file", provider: "f", id: "value" } }',
  ).replace(
    "sandbox:",
    `secrets: { providers: { f: { source: "file", path: "${secret}", mode: "singleValue" } } },\n  sandbox:`,
  );
  await using host = await composed(text);
  expect(await host.status("first")).toBe(200);
  await writeFile(secret, "second");
  expect(await host.file.reloadSecrets()).toMatchObject({ ok: true, changedPaths: ["gateway.auth.token"] });
  expect([await host.status("second"), await host.status("first")]).toEqual([200, 401]);
  await chmod(secret, 0o644);
  expect(await host.file.reloadSecrets()).toMatchObject({ ok: false, issues: [{ path: "gateway.auth.token" }] });
  expect(await host.status("second")).toBe(200);
  expect(host.file.degradedSecretOwners()).toMatchObject([
    { ownerKind: "section", ownerId: "gateway.auth", degradationState: "stale", paths: ["gateway.auth.token"] },
  ]);
  await rm(directory, { recursive: true });
});

test("with reload off, changes wait and are named", async () => {
  await using host = await composed();
  await patch(host.file, '{ gateway: { reload: { mode: "off" } } }');
  const written = await patch(host.file, '{ agents: { list: [{ id: "new" }] } }');
  expect(written).toMatchObject({ ok: true, restartRequired: ["agents.list"] });
  expect(await host.agents()).not.toContain("openclaw/new");
  expect(host.file.reloadStatus().hotReloadStatus).toBe("off");
  expect(await patch(host.file, "{ gateway: { reload: null } }")).toMatchObject({ ok: true, restartRequired: [] });
  expect(await host.agents()).toContain("openclaw/new");
});

test("the way in changes at once, for those who are in already too", async () => {
  await using host = await composed();
  const written = await patch(host.file, '{ gateway: { auth: { mode: "password", password: "open-sesame" } } }');
  expect(written).toMatchObject({ ok: true, restartRequired: [], issues: [] });
  expect([await host.status("open-sesame"), await host.status("hunter2")]).toEqual([200, 401]);
  const limited = await patch(host.file, "{ gateway: { auth: { rateLimit: { maxAttempts: 2 } } } }");
  expect(limited).toMatchObject({ ok: true, restartRequired: [], issues: [] });
  await host.status("a guess");
  await host.status("another");
  expect(await host.status("open-sesame")).toBe(429);
});

test("a door is not opened before the wall that it needs stands", async () => {
  await using host = await composed(FILE.replace("gateway: {", 'gateway: { bind: "lan", tls: { enabled: true },'));
  const written = await patch(host.file, '{ gateway: { bind: "loopback", auth: { mode: "none" } } }');
  expect(written).toMatchObject({ ok: true, restartRequired: ["gateway.bind", "gateway.auth.mode"] });
  expect([await host.status("hunter2"), await host.status("nothing")]).toEqual([200, 401]);
  const back = await patch(host.file, '{ gateway: { bind: "lan", auth: { mode: "token", token: "changed" } } }');
  expect(back).toMatchObject({ ok: true, restartRequired: [] });
  expect([await host.status("changed"), await host.status("hunter2")]).toEqual([200, 401]);
});

test("a proxy that is trusted from now on speaks for others, and one that is not any more does not", async () => {
  await using host = await composed();
  const through = async (): Promise<number> => {
    const headers = { host: "127.0.0.1", authorization: "Bearer hunter2", "x-forwarded-for": "203.0.113.7" };
    const request = new Request("http://127.0.0.1/v1/models", { headers });
    return (await host.gateway.fetch(request, { remoteAddress: "192.0.2.1" })).status;
  };
  expect(await through()).not.toBe(200);
  expect(await patch(host.file, '{ gateway: { trustedProxies: ["192.0.2.1"] } }')).toMatchObject({
    restartRequired: [],
  });
  expect(await through()).toBe(200);
  const { hash: baseHash } = await host.file.snapshot();
  const replacePaths = ["gateway.trustedProxies"];
  await host.file.patch({ raw: "{ gateway: { trustedProxies: [] } }", baseHash, replacePaths }, unrecorded);
  expect(await through()).not.toBe(200);
});

test("the log goes on at another level and in another file, and stays where it is when that can't be written", async () => {
  await using host = await composed();
  const moved = join(host.stateDir, "elsewhere", "claw.jsonl");
  const written = await patch(host.file, JSON.stringify({ logging: { level: "debug", file: moved } }));
  expect(written).toMatchObject({ ok: true, restartRequired: [], issues: [] });
  host.log.debug("told in detail");
  await expect.poll(() => readFile(moved, "utf8")).toContain("told in detail");
  expect((await stat(moved)).mode & 0o777).toBe(0o600);
  const refused = await patch(host.file, JSON.stringify({ logging: { file: `${host.path}/not-a-directory` } }));
  expect(refused).toMatchObject({ ok: true, issues: [{ path: "logging" }] });
  host.log.debug("told again");
  await expect.poll(() => readFile(moved, "utf8")).toContain("told again");
});

test("no secret that is looked up or made later reaches the log", async () => {
  await using host = await composed(FILE.replace('auth: { token: "hunter2" }', "auth: {}"));
  const { token: rotated } = await rotateGatewayToken({ stateDir: host.stateDir, now: new Date(), overlapMs: 0 });
  expect(await host.status(rotated)).toBe(200);
  await patch(host.file, '{ models: { providers: { p: { apiKey: "orange juice" } } } }');
  host.log.warn("leaks", { rotated, key: "orange juice", old: "hunter2" });
  const path = join(host.stateDir, "logs", "gateway.jsonl");
  await expect.poll(() => readFile(path, "utf8")).toContain("leaks");
  const all = [await readFile(path, "utf8"), ...host.warnings].join("\n");
  for (const secret of [rotated, "orange juice", "hunter2"]) expect(all).not.toContain(secret);
});

test("what the log was told before a secret became known is not shown by logs.tail", async () => {
  await using host = await composed(FILE.replace('auth: { token: "hunter2" }', "auth: {}"));
  const path = join(host.stateDir, "logs", "gateway.jsonl");
  const { token } = await rotateGatewayToken({ stateDir: host.stateDir, now: new Date(), overlapMs: 0 });
  await writeFile(path, `{"msg":"shown: ${token}"}\n`, { flag: "a" });
  await using serving = await serve({ ...host, paths: { port: 0 } });
  const client = createClient({ url: serving.address.replace("http", "ws"), token, reconnect: false });
  await client.ready();
  const { lines } = await client.request("logs.tail", {});
  expect(lines.join("\n")).toContain("shown: [redacted]");
  expect(lines.join("\n")).not.toContain(token);
  client.close();
});

test("a collector is sent to from the change on, and gets what waits when it is left", async () => {
  await using host = await composed();
  await host.warm();
  const asked = Promise.withResolvers<string>();
  const collector = createServer((request, response) => {
    asked.resolve(request.url ?? "");
    request.resume().on("end", () => response.end());
  });
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
  const { port } = collector.address() as AddressInfo;
  const otel = { enabled: true, endpoint: `http://127.0.0.1:${port}`, metricsIntervalSeconds: 3600 };
  expect(await patch(host.file, JSON.stringify({ diagnostics: { otel } }))).toMatchObject({ restartRequired: [] });
  await patch(host.file, "{ diagnostics: { otel: { enabled: false } } }");
  expect(await asked.promise).toBe("/v1/metrics");
  await new Promise((resolve) => collector.close(resolve));
});

test("what needs a restart is the port and how it is opened, the sandbox, and the platforms", async () => {
  const page = await readFile(new URL("../../../docs/configuration-keys.md", import.meta.url), "utf8");
  const keys = [...page.matchAll(/^\| `([^`]+)` \|[^|]*\|[^|]*\| restart/gm)].map(([, key]) => key);
  expect(keys).toEqual([
    "gateway.port",
    "gateway.bind",
    "gateway.customBindHost",
    "gateway.tls.enabled",
    "agents.defaults.sandbox.backend",
    "agents.defaults.sandbox.mode",
    "agents.defaults.sandbox.docker.image",
    "sandbox.backend",
    "sandbox.mode",
    "sandbox.docker.image",
    "sandbox.docker.warm",
    "sandbox.docker.runtime",
    "sandbox.docker.waive",
    "sandbox.docker.proxy",
  ]);
});

test("on the last version that worked it says so everywhere, and takes the file on once it is put right", async () => {
  const broken = FILE.replace("list:", "lsit:");
  await using host = await composed(broken, {}, FILE.replace("writer", "old"));
  expect(host.warnings).toEqual([
    expect.stringContaining(`${host.path}:7:5: agents.lsit: unknown key`),
    expect.stringContaining("the last version that worked"),
  ]);
  expect(await host.agents()).toContain("openclaw/old");
  const status = host.file.reloadStatus();
  expect(status).toMatchObject({ hotReloadStatus: "rejected", issues: [{ path: "agents.lsit", line: 7 }] });
  expect(status.startedWith).toEqual({ lastGoodAtMs: expect.any(Number) });
  const { valid, config, hash } = await host.file.snapshot();
  expect({ valid, config }).toMatchObject({ valid: false, config: { agents: { list: [{ id: "old" }] } } });
  await host.file.watch();
  expect(await readFile(`${host.path}.last-good`, "utf8")).toContain("old");
  const mended = await host.file.replace({ raw: FILE, baseHash: hash }, unrecorded);
  expect(mended).toMatchObject({ ok: true, restartRequired: [] });
  expect(host.file.reloadStatus()).not.toHaveProperty("startedWith");
  expect(await host.agents()).toContain("openclaw/writer");
  expect(await readFile(`${host.path}.last-good`, "utf8")).toContain("writer");
});

test("an included file that broke the start is followed, and counts once it is put right", async () => {
  const including = FILE.replace('list: [{ id: "writer" }]', 'list: { $include: "./team.json5" }');
  const stateDir = await mkdtemp(join(tmpdir(), "claw-host-"));
  const team = join(stateDir, "team.json5");
  await writeFile(team, '[{ id: "broken" ');
  await using host = await composed(including, {}, FILE, stateDir);
  expect(host.file.reloadStatus().startedWith).toEqual({ lastGoodAtMs: expect.any(Number) });
  await host.file.watch();
  await writeFile(team, '[{ id: "mended" }]');
  const kept = async () => expect(await readFile(`${host.path}.last-good`, "utf8")).toContain("mended");
  await vi.waitFor(kept, 60_000);
  expect(await host.agents()).toContain("openclaw/mended");
});

test("a bad optional section is left out of a start and named, and the rest of the file counts", async () => {
  await using host = await composed(FILE.replace("sandbox:", "channels: { smoke: {} },\n  sandbox:"));
  expect(host.warnings[1]).toContain("all but these sections of it: channels");
  expect(host.file.reloadStatus().startedWith).toEqual({ leftOut: ["channels"] });
  expect(await host.agents()).toContain("openclaw/writer");
});

test("what a start worked with is kept once it has worked", async () => {
  await using host = await composed();
  expect(await readdir(host.stateDir)).not.toContain("openclaw.json.last-good");
  await host.file.watch();
  expect(await readFile(`${host.path}.last-good`, "utf8")).toBe(FILE);
});

test("the schema of one key is to be had by its path", async () => {
  await using host = await composed();
  expect(await host.file.lookUp("gateway.auth.token")).toMatchObject({ reloadKind: "hot" });
  expect((await host.file.lookUp("."))?.children.length).toBeGreaterThan(5);
  expect(await host.file.lookUp("gateway..")).toBeUndefined();
});
