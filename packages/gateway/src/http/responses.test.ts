import { expect, test } from "vitest";
import { startGateway } from "../gateway.fixture.ts";
import type { Gateway } from "../options.ts";
import { lastText, scriptedAgent } from "../script.fixture.ts";

const post = (gateway: Gateway, body: object) =>
  gateway.fetch(
    new Request("http://127.0.0.1:18789/v1/responses", {
      method: "POST",
      headers: { authorization: "Bearer secret" },
      body: JSON.stringify({ model: "openclaw", ...body }),
    }),
  );
/** Says how many messages it has seen, so that a continued session shows. */
const counter = scriptedAgent(async function* ({ messages }) {
  yield `${messages.length}: ${lastText(messages)}`;
});
const textIn = (response: { output: { content: { text: string }[] }[] }) => response.output[0]?.content[0]?.text;

test("a response is continued by its id, after a restart as well", async () => {
  await using started = await startGateway({ agents: [counter] });
  const response = await post(started.gateway, { input: "one", metadata: { a: "b" }, user: "ann" });
  const first = await response.json();
  expect(first).toMatchObject({ object: "response", status: "completed", metadata: { a: "b" }, user: "ann" });
  expect(first.id).toBe(`resp_${response.headers.get("x-run-id")}`);
  expect(textIn(first)).toBe("1: one");
  const again = await started.restart();
  const second = await (await post(again, { input: "two", previous_response_id: first.id })).json();
  expect(textIn(second)).toBe("3: two");
  expect(second.previous_response_id).toBe(first.id);
  const third = await (await post(again, { input: "three", previous_response_id: second.id })).json();
  expect(textIn(third)).toBe("5: three");
  expect(textIn(await (await post(again, { input: "alone" })).json())).toBe("1: alone");
});

test.each(["resp_", "resp_unknown", "unknown", "../..", "resp_\u0000"])(
  "a previous response %j that is not there is a 400",
  async (previous_response_id) => {
    await using started = await startGateway();
    const response = await post(started.gateway, { input: "hi", previous_response_id });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: "previous_response_not_found" } });
  },
);

test("a response of another agent's is not continued", async () => {
  await using started = await startGateway({ agents: [counter, { ...counter, name: "other" }] });
  const { id } = await (await post(started.gateway, { input: "hi", model: "openclaw/other" })).json();
  const response = await post(started.gateway, { input: "hi", previous_response_id: id });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining("openclaw/other") } });
});

test("a response of somebody else's reads as absent", async () => {
  const as = (id: string) => ({ id, kind: "user", tenant: "local", scopes: ["write"], credential: "test" }) as const;
  await using started = await startGateway({ authenticate: () => ({ ok: true, principal: as("ann") }) });
  const { id } = await (await post(started.gateway, { input: "hi" })).json();
  const again = await started.restart({ authenticate: () => ({ ok: true, principal: as("bob") }) });
  expect((await post(again, { input: "hi", previous_response_id: id })).status).toBe(400);
});

test("reading models is not enough to ask one", async () => {
  const reader = { id: "r", kind: "user", tenant: "local", scopes: ["read"], credential: "test" } as const;
  await using started = await startGateway({ authenticate: () => ({ ok: true, principal: reader }) });
  const response = await post(started.gateway, { input: "hi" });
  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({ error: { code: "missing_scope" } });
});
