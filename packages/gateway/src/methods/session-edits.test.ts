import { expect, test } from "vitest";
import { connectClient } from "../connect.fixture.ts";
import { echoAgent, startGateway } from "../gateway.fixture.ts";
import { scriptedAgent } from "../script.fixture.ts";
import { connectAs, converse, people } from "./people.fixture.ts";

/** Says how many messages it was given. */
const countingAgent = scriptedAgent(async function* ({ messages }) {
  yield `given ${messages.length}`;
});

/** Goes on until it is stopped. */
const patientAgent = scriptedAgent(async function* ({ signal }) {
  yield "thinking";
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
});

test("a session is created with a label, found by it, renamed, and written to", async () => {
  await using started = await startGateway();
  const client = await connectClient(started.gateway);
  const created = await client.request("sessions.create", { agentId: "main", label: "Taxes", emitCommandHooks: false });
  const { key } = created.payload as unknown as { key: string };
  expect(created.payload).toMatchObject({ ok: true, entry: { label: "Taxes" }, runStarted: false });
  expect((await client.request("sessions.resolve", { label: "Taxes" })).payload).toMatchObject({ ok: true, key });
  const sent = await client.request("sessions.send", { key, message: "hello", idempotencyKey: "one" });
  expect(sent.payload).toEqual({ runId: "one", status: "started", messageSeq: 1 });
  expect((await client.request("sessions.patch", { key, label: "Bills" })).payload).toMatchObject({
    ok: true,
    entry: { label: "Bills", derivedTitle: "hello" },
  });
  const unlabelled = await client.request("sessions.patch", { key, label: null });
  expect(JSON.stringify(unlabelled.payload)).not.toContain("Bills");
});

test("a session is created together with its first message", async () => {
  await using started = await startGateway();
  const client = await connectClient(started.gateway);
  const created = await client.request("sessions.create", { key: "new", message: "hello", idempotencyKey: "one" });
  expect(created.payload).toMatchObject({ key: "agent:main:new", runStarted: true, runId: "one" });
});

test.each([
  ["sessions.create", { incognito: true, worktree: true }, "not supported: incognito, worktree; supported: key,"],
  ["sessions.patch", { key: "main", toolOverrides: {} }, "not supported: toolOverrides; supported: key, agentId"],
  ["sessions.patch", { key: "main" }, "expected label"],
  ["sessions.patch", { key: "main", label: "a", expectedSessionId: "other" }, "expected session id other"],
  ["sessions.send", { key: "nowhere", message: "hi" }, "there is no session nowhere"],
  ["sessions.delete", { key: "main", archivedOnly: true }, "is not archived; archive it first"],
  ["sessions.resolve", { shortId: "abc" }, "not supported: shortId"],
  ["sessions.abort", {}, "expected key or runId"],
])("%s with %j is refused with what was expected", async (method, params, message) => {
  await using started = await startGateway();
  const client = await connectClient(started.gateway);
  await converse(client, "hello", "one");
  const { error } = await client.request(method, params);
  expect(error).toMatchObject({ code: "INVALID_REQUEST", message: expect.stringContaining(message) });
});

test("after a reset the model is given nothing from before, and people can still read it", async () => {
  await using started = await startGateway({ agents: [countingAgent] });
  const client = await connectClient(started.gateway);
  for (const run of ["one", "two"]) await converse(client, "hello", run);
  expect((await client.request("sessions.reset", { key: "main", reason: "new" })).payload).toMatchObject({ ok: true });
  await converse(client, "hello", "three");
  const { payload } = await client.request("chat.history", { sessionKey: "main" });
  const { messages } = payload as unknown as { messages: { role: string; content: { text: string }[] }[] };
  const answers = messages.filter(({ role }) => role === "assistant").map(({ content }) => content[0]?.text);
  expect(answers).toEqual(["given 1", "given 3", "given 1"]);
});

test("a session is not deleted under a run, and is once the run was stopped", async () => {
  await using started = await startGateway({ agents: [patientAgent] });
  const client = await connectClient(started.gateway);
  await client.request("chat.send", { sessionKey: "main", message: "go", idempotencyKey: "one" });
  const refused = await client.request("sessions.delete", { key: "main" });
  expect(refused.error).toMatchObject({ code: "INVALID_REQUEST", message: expect.stringContaining("has not ended") });
  const aborted = await client.request("sessions.abort", { key: "main" });
  expect(aborted.payload).toEqual({ ok: true, status: "aborted", abortedRunId: "one" });
  const deleted = await client.request("sessions.delete", { key: "main", deleteTranscript: true });
  expect(deleted.payload).toEqual({ ok: true, key: "agent:main:main", deleted: true });
  expect((await client.request("sessions.describe", { key: "main" })).payload).toEqual({ session: null });
  expect((await client.request("sessions.delete", { key: "main" })).payload).toMatchObject({ deleted: false });
  const repeat = await client.request("chat.send", { sessionKey: "main", message: "go", idempotencyKey: "one" });
  expect(repeat.payload).toMatchObject({ runId: "one", status: "ok" });
});

test("a reset stops the run that is under way", async () => {
  await using started = await startGateway({ agents: [patientAgent] });
  const client = await connectClient(started.gateway);
  await client.request("chat.send", { sessionKey: "main", message: "go", idempotencyKey: "one" });
  await client.request("sessions.reset", { key: "main" });
  expect((await client.request("runs.get", { runId: "one" })).payload).toMatchObject({ run: { state: "aborted" } });
});

test("a search finds text and labels, with the words around what was found", async () => {
  await using started = await startGateway();
  const client = await connectClient(started.gateway);
  await converse(client, `${"x".repeat(300)} the Lobster is here`, "one");
  await converse(client, "nothing", "two", "agent:main:other");
  await client.request("sessions.patch", { key: "agent:main:other", label: "Lobster plans" });
  const found = await client.request("sessions.search", { query: "lobster", limit: 1 });
  expect(found.payload).toMatchObject({
    results: [{ sessionKey: "agent:main:main", messageId: "agent:main:main#2", role: "assistant" }],
    sessions: [{ key: "agent:main:other" }, { key: "agent:main:main" }],
    truncated: true,
  });
  expect(JSON.stringify(found.payload)).toContain("x the Lobster is here");
  const elsewhere = await client.request("sessions.search", { query: "lobster", sessionKeys: ["agent:main:other"] });
  expect(elsewhere.payload).toMatchObject({ results: [], truncated: false });
});

test("somebody else can neither find, write to, name, reset, stop nor delete a session", async () => {
  await using started = await startGateway({ agents: [echoAgent], authenticate: people });
  const ada = await connectAs(started.gateway, "ada");
  await converse(ada, "secret plans", "one");
  const eve = await connectClient(started.gateway, "eve", ["operator.admin", "operator.write"]);
  expect((await eve.request("sessions.search", { query: "secret" })).payload).toMatchObject({
    results: [],
    sessions: [],
  });
  expect((await eve.request("sessions.create", { key: "main" })).error).toMatchObject({ code: "FORBIDDEN" });
  for (const [method, params] of [
    ["sessions.send", { message: "hi" }],
    ["sessions.patch", { label: "mine" }],
    ["sessions.reset", {}],
  ] as const) {
    expect((await eve.request(method, { key: "main", ...params })).ok).toBe(false);
  }
  expect((await eve.request("sessions.abort", { key: "main" })).payload).toMatchObject({ status: "no-active-run" });
  await eve.request("sessions.delete", { key: "main" });
  const described = await ada.request("sessions.describe", { key: "main" });
  expect(described.payload).toMatchObject({ session: { derivedTitle: "secret plans" } });
});

test("deleting is for admins; creating, naming and resetting what is one's own for writers", async () => {
  await using started = await startGateway({ authenticate: people });
  const ada = await connectAs(started.gateway, "ada");
  await converse(ada, "hello", "one");
  await ada.request("session.members.add", { sessionKey: "main", memberId: "bob", access: "write" });
  const bob = await connectAs(started.gateway, "bob");
  const refusal = { code: "FORBIDDEN", message: "missing scope: operator.admin" };
  expect((await bob.request("sessions.reset", { key: "agent:main:main" })).error).toMatchObject(refusal);
  expect((await ada.request("sessions.delete", { key: "main" })).error).toMatchObject(refusal);
  expect((await ada.request("sessions.reset", { key: "main" })).payload).toMatchObject({ ok: true });
});
