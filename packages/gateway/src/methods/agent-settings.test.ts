import { expect, test } from "vitest";
import type { Authenticate } from "../auth.ts";
import { configFile } from "../config-file.fixture.ts";
import type { ConfigFile } from "../config-file.ts";
import { connectClient } from "../connect.fixture.ts";
import { echoAgent, startGateway } from "../gateway.fixture.ts";

/** The token is the kind of principal. */
const byKind: Authenticate = ({ token = "" }) => {
  if (token !== "user" && token !== "agent") return { ok: false, code: "X", message: "no" };
  return { ok: true, principal: { id: token, kind: token, tenant: "local", scopes: ["admin"], credential: token } };
};

const FILE = {
  agents: { list: [{ id: "writer", name: "W" }], entries: { editor: { model: "p/m" } } },
  bindings: [{ agentId: "writer", match: { channel: "x" } }, { agentId: "main" }],
};

/** A file in memory, and a gateway with the agents that it would name. */
async function serving(changes: Partial<ConfigFile> = {}) {
  const plain = configFile();
  let file: unknown = FILE;
  let writes = 0;
  const shrinking: unknown[] = [];
  const config = configFile({
    snapshot: async () => ({ ...(await plain.snapshot()), raw: JSON.stringify(file), hash: `h${writes}` }),
    async replace({ raw, baseHash, ...meant }, before) {
      shrinking.push(meant.mayShrink);
      if (baseHash !== `h${writes}`) {
        return { ok: false, code: "CONFIG_STALE", message: "changed meanwhile", issues: [], hash: `h${writes}` };
      }
      writes++;
      file = JSON.parse(raw);
      return plain.replace({ raw }, before);
    },
    ...changes,
  });
  const agents = ["main", "writer", "editor", "included"].map((name) => ({ ...echoAgent, name }));
  const started = await startGateway({
    agents: [agents[0] ?? echoAgent, ...agents.slice(1)],
    builtInAgents: ["main"],
    config,
    authenticate: byKind,
  });
  return { started, shrinking, file: () => file, connect: (token = "user") => connectClient(started.gateway, token) };
}

test("a new agent is written to the list, under an id made of its name", async () => {
  const { started, file, connect } = await serving();
  await using _ = started;
  const client = await connect();
  const created = await client.request("agents.create", { name: "Grace Höpper", model: "p/m" });
  expect(created.payload).toEqual({ ok: true, agentId: "grace-ho-pper", restartRequired: [], issues: [] });
  const { list } = FILE.agents;
  const made = { id: "grace-ho-pper", name: "Grace Höpper", model: "p/m" };
  expect(file()).toEqual({ ...FILE, agents: { ...FILE.agents, list: [...list, made] } });
});

test.each([
  [{ agentId: "writer" }, "there is an agent writer already"],
  [{ name: "小明" }, "expected agentId"],
  [{}, "expected agentId"],
])("no agent is made of %j", async (params, message) => {
  const { started, file, connect } = await serving();
  await using _ = started;
  const { error } = await (await connect()).request("agents.create", params);
  expect(error).toMatchObject({ code: "INVALID_REQUEST", message: expect.stringContaining(message) });
  expect(file()).toBe(FILE);
});

test("an agent is changed where it stands, and a built-in one by a new entry", async () => {
  const { started, file, connect } = await serving();
  await using _ = started;
  const client = await connect();
  await client.request("agents.update", { agentId: "writer", name: null, description: "letters" });
  await client.request("agents.update", { agentId: "editor", model: null, role: "fast" });
  await client.request("agents.update", { agentId: "main", systemPrompt: "Be brief.", workspace: null });
  expect(file()).toEqual({
    ...FILE,
    agents: {
      list: [
        { id: "writer", description: "letters" },
        { id: "main", systemPrompt: "Be brief." },
      ],
      entries: { editor: { role: "fast" } },
    },
  });
  expect(await client.request("agents.update", { agentId: "nobody" })).toMatchObject({
    error: { details: { code: "UNKNOWN_AGENT_ID" }, message: expect.stringContaining("main, writer") },
  });
});

test("only the deletion of an agent may make the file much shorter", async () => {
  const { started, shrinking, connect } = await serving();
  await using _ = started;
  const client = await connect();
  await client.request("agents.create", { agentId: "a" });
  await client.request("agents.update", { agentId: "writer", name: null });
  await client.request("agents.delete", { agentId: "writer" });
  expect(shrinking).toEqual([undefined, undefined, true]);
});

test("a deleted agent takes its bindings along, and one is deleted wherever it stands", async () => {
  const { started, file, connect } = await serving();
  await using _ = started;
  const client = await connect();
  expect(await client.request("agents.delete", { agentId: "writer" })).toMatchObject({
    payload: { removedBindings: 1 },
  });
  expect(await client.request("agents.delete", { agentId: "editor" })).toMatchObject({
    payload: { removedBindings: 0 },
  });
  expect(file()).toEqual({ agents: { list: [], entries: {} }, bindings: [{ agentId: "main" }] });
});

test.each([
  ["main", "built in"],
  ["included", "not in the main configuration file"],
  ["nobody", "unknown agent"],
])("%s is not deleted", async (agentId, message) => {
  const { started, file, connect } = await serving();
  await using _ = started;
  const { error } = await (await connect()).request("agents.delete", { agentId });
  expect(error).toMatchObject({ code: "INVALID_REQUEST", message: expect.stringContaining(message) });
  expect(file()).toBe(FILE);
});

test("the default agent is not deleted", async () => {
  const { started, connect } = await serving();
  await using _ = started;
  started.gateway.reconfigure({ agents: [{ ...echoAgent, name: "writer" }, echoAgent] });
  const { error } = await (await connect()).request("agents.delete", { agentId: "writer" });
  expect(error).toMatchObject({ message: expect.stringContaining("default agent") });
});

test("two changes at once are both made", async () => {
  const { started, file, connect } = await serving();
  await using _ = started;
  const client = await connect();
  const ids = ["a", "b", "c"];
  const answers = await Promise.all(ids.map((agentId) => client.request("agents.create", { agentId })));
  expect(answers.map(({ ok }) => ok)).toEqual([true, true, true]);
  const { list } = (file() as typeof FILE).agents;
  expect(list.map(({ id }) => id).sort()).toEqual(["a", "b", "c", "writer"]);
});

test("a file with mistakes is left as it is", async () => {
  const issues = [{ path: "agents.lsit", message: "unknown key" }];
  const snapshot = async () => ({ ...(await configFile().snapshot()), valid: false, issues });
  const { started, file, connect } = await serving({ snapshot });
  await using _ = started;
  const { error } = await (await connect()).request("agents.create", { agentId: "a" });
  expect(error).toMatchObject({ details: { code: "CONFIG_INVALID", issues } });
  expect(file()).toBe(FILE);
});

test("an agent makes, changes and deletes none", async () => {
  const { started, file, connect } = await serving();
  await using _ = started;
  const agent = await connect("agent");
  for (const method of ["agents.create", "agents.update", "agents.delete"]) {
    const { error } = await agent.request(method, { agentId: "writer" });
    expect(error, method).toMatchObject({ code: "FORBIDDEN", details: { code: "AGENT_REFUSED" } });
  }
  expect(file()).toBe(FILE);
});
