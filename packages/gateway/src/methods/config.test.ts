import { type Audit, ClawError } from "@claw/core";
import { expect, test } from "vitest";
import type { Authenticate } from "../auth.ts";
import { configFile } from "../config-file.fixture.ts";
import type { BeforeWrite, ConfigChange, ConfigFile } from "../config-file.ts";
import { connectClient } from "../connect.fixture.ts";
import { startGateway } from "../gateway.fixture.ts";
import { manualClock } from "../manual-clock.fixture.ts";

/** The token is the kind of principal. */
const byKind: Authenticate = ({ token = "" }) => {
  if (token !== "user" && token !== "agent" && token !== "service") return { ok: false, code: "X", message: "no" };
  return { ok: true, principal: { id: token, kind: token, tenant: "local", scopes: ["admin"], credential: token } };
};

const WRITES = ["config.set", "config.apply", "config.patch"] as const;
const change = { raw: "{}", baseHash: "h" };

async function serving(
  changes: Partial<ConfigFile> = {},
  audit: Audit = { intent: async () => ({ outcome: async () => {} }) },
) {
  const clock = manualClock();
  const asked: ConfigChange[] = [];
  const note =
    <Result>(result: Result) =>
    async (asking: ConfigChange): Promise<Result> => {
      asked.push(asking);
      return result;
    };
  const { patch, replace } = configFile();
  const config = configFile({
    patch: note(await patch({ raw: "" }, async () => {})),
    replace: note(await replace({ raw: "" }, async () => {})),
    ...changes,
  });
  const started = await startGateway({ config, clock, audit, authenticate: byKind });
  return { started, clock, asked, connect: (token = "user") => connectClient(started.gateway, token) };
}

test("an agent changes nothing, whatever scopes it has", async () => {
  const { started, asked, connect } = await serving();
  await using _ = started;
  const agent = await connect("agent");
  for (const method of [...WRITES, "secrets.reload"]) {
    const { error } = await agent.request(method, method === "secrets.reload" ? {} : change);
    expect(error, method).toMatchObject({ code: "FORBIDDEN", details: { code: "AGENT_REFUSED" } });
  }
  expect(asked).toEqual([]);
  expect((await agent.request("config.get")).ok).toBe(true);
});

test("no tool writes the configuration", async () => {
  const { started, asked, connect } = await serving();
  await using _ = started;
  const client = await connect("service");
  expect((await client.request("config.patch", { ...change, replacePaths: ["agents.list"] })).ok).toBe(true);
  expect(asked).toEqual([{ ...change, replacePaths: ["agents.list"] }]);
});

test.each(WRITES)("%s is for 30 times a minute and caller, then says when to come again", async (method) => {
  const { started, clock, connect } = await serving();
  await using _ = started;
  const client = await connect();
  for (let count = 0; count < 30; count += 1) expect((await client.request(method, change)).ok).toBe(true);
  clock.advance(20_000);
  const { error } = await client.request(method, change);
  expect(error).toMatchObject({ code: "UNAVAILABLE", retryable: true, retryAfterMs: 40_000 });
  expect((await (await connect("service")).request(method, change)).ok).toBe(true);
  expect((await client.request("secrets.reload")).ok).toBe(true);
  clock.advance(40_000);
  expect((await client.request(method, change)).ok).toBe(true);
});

test("a refused change comes back with its reason, its issues and the hash of the file as it is", async () => {
  const issues = [{ path: "gateway.prot", message: "unknown key", line: 3, column: 5 }];
  const refused = { ok: false, code: "CONFIG_STALE", message: "changed meanwhile", issues, hash: "now" } as const;
  const { started, connect } = await serving({ patch: async () => refused });
  await using _ = started;
  const { error } = await (await connect()).request("config.patch", change);
  expect(error).toEqual({
    code: "INVALID_REQUEST",
    message: "changed meanwhile",
    details: { code: "CONFIG_STALE", issues, hash: "now" },
  });
});

test("the schema of a key that there is not is refused", async () => {
  const { started, connect } = await serving({ lookUp: async () => undefined });
  await using _ = started;
  const { error } = await (await connect()).request("config.schema.lookup", { path: "gateway.prot" });
  expect(error).toMatchObject({ code: "INVALID_REQUEST", message: "config schema path not found" });
});

test("health says how the last change of the file went", async () => {
  const issues = [{ path: "gateway.port", message: "expected a number", line: 2, column: 3 }];
  const rejected = { hotReloadStatus: "rejected", issues, restartRequired: [] } as const;
  const { started, connect } = await serving({ reloadStatus: () => rejected });
  await using _ = started;
  expect((await (await connect()).request("health")).payload).toMatchObject({ configReload: rejected });
});

test("a file that breaks while it is read is an error, not silence", async () => {
  const broken = () => Promise.reject(new ClawError("CONFIG_UNREADABLE", "the disk is gone"));
  const { started, connect } = await serving({ snapshot: broken });
  await using _ = started;
  const { error } = await (await connect()).request("config.get");
  expect(error).toMatchObject({ code: "UNAVAILABLE", message: "the disk is gone" });
});

/** An audit in memory, and a file whose one change it is asked about. */
async function recorded(changes: Partial<ConfigFile> = {}) {
  const records: unknown[] = [];
  const audit: Audit = {
    async intent({ type, principal, input }, { effect }) {
      records.push({ type, by: principal.id, effect, ...input });
      return { outcome: async ({ ok, summary }) => void records.push({ ok, summary }) };
    },
  };
  const planned = { changedPaths: ["models.providers.p.apiKey"], hash: "before", nextHash: "after" };
  const plain = configFile();
  const asking = async (change: ConfigChange, before: BeforeWrite) => {
    await before(planned);
    records.push("written");
    return plain.patch(change, before);
  };
  return { records, audit, ...(await serving({ patch: asking, ...changes }, audit)) };
}

const RECORD = { type: "config.change", by: "user", method: "config.patch" };

test("a change is on record before it is made: who, which keys, which files, and no value", async () => {
  const { started, records, connect } = await recorded();
  await using _ = started;
  await (await connect()).request("config.patch", { raw: '{ models: { providers: { p: { apiKey: "sk-1" } } } }' });
  expect(records).toEqual([
    {
      ...RECORD,
      effect: "allow",
      changedPaths: ["models.providers.p.apiKey"],
      leftOut: 0,
      hash: "before",
      nextHash: "after",
    },
    "written",
    { ok: true, summary: "changed" },
  ]);
});

test("a change that can't be put on record is not made", async () => {
  const failing: Audit = { intent: () => Promise.reject(new ClawError("STORE_UNWRITABLE", "the disk is full")) };
  let written = false;
  const patch: ConfigFile["patch"] = async (change, before) => {
    await before({ changedPaths: [], hash: "", nextHash: "" });
    written = true;
    return configFile().patch(change, before);
  };
  const { started, connect } = await serving({ patch }, failing);
  await using _ = started;
  const { error } = await (await connect()).request("config.patch", change);
  expect(error).toMatchObject({ code: "UNAVAILABLE", message: expect.stringContaining("the disk is full") });
  expect(written).toBe(false);
});

test("what an agent wanted, and what was refused, is on record too", async () => {
  const refused = { ok: false, code: "CONFIG_STALE", message: "changed meanwhile", issues: [], hash: "now" } as const;
  const { started, records, connect } = await recorded({ patch: async () => refused });
  await using _ = started;
  await (await connect("agent")).request("config.patch", change);
  await (await connect()).request("config.patch", change);
  await (await connect()).request("secrets.reload");
  expect(records).toEqual([
    { ...RECORD, by: "agent", effect: "deny" },
    { ...RECORD, effect: "deny", hash: "now" },
    { ...RECORD, method: "secrets.reload", effect: "allow", changedPaths: [], leftOut: 0 },
    { ok: true, summary: "changed" },
  ]);
});
