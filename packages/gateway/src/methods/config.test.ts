import { ClawError } from "@claw/core";
import { expect, test } from "vitest";
import type { Authenticate } from "../auth.ts";
import { configFile } from "../config-file.fixture.ts";
import type { ConfigChange, ConfigFile } from "../config-file.ts";
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

async function serving(changes: Partial<ConfigFile> = {}) {
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
    patch: note(await patch({ raw: "" }, {} as never)),
    replace: note(await replace({ raw: "" }, {} as never)),
    ...changes,
  });
  const started = await startGateway({ config, clock, authenticate: byKind });
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
