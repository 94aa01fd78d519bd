import { expect, test } from "vitest";
import { connectClient } from "../connect.fixture.ts";
import { startGateway } from "../gateway.fixture.ts";
import type { GatewayOptions } from "../options.ts";
import { twoSteps } from "../two-steps.fixture.ts";

const KEY = "agent:main:openai-user:ann";

async function begin(options: Partial<GatewayOptions> = {}, text = "one", hangUp?: AbortSignal) {
  const { agent, atDoor, open } = twoSteps();
  const started = await startGateway({ agents: [agent], ...options });
  const { gateway } = started;
  const client = await connectClient(gateway);
  /** Resolves once it is accepted, with its answer to come. */
  const ask = async (content: string, mode?: string, more: object = {}, signal?: AbortSignal) => {
    const { promise: accepted, resolve } = Promise.withResolvers<void>();
    const stop = gateway.subscribe((event) => event.type === "message-accepted" && resolve());
    const request = new Request("http://127.0.0.1:18789/v1/chat/completions", {
      method: "POST",
      headers: { authorization: "Bearer secret", ...(mode === undefined ? {} : { "x-claw-queue-mode": mode }) },
      body: JSON.stringify({ model: "openclaw", user: "ann", messages: [{ role: "user", content }], ...more }),
      ...(signal === undefined ? {} : { signal }),
    });
    const response = gateway.fetch(request);
    await Promise.race([accepted, response]);
    stop();
    return { response };
  };
  const first = await ask(text, undefined, {}, hangUp);
  await atDoor();
  return { started, client, ask, first, atDoor, open };
}

const textOf = async ({ response }: { response: Promise<Response> }) => {
  const { choices, error } = await (await response).json();
  return choices?.[0].message.content ?? error;
};
const runOf = async ({ response }: { response: Promise<Response> }) => (await response).headers.get("x-run-id");

test("a request that steers a turn gets the answer of that turn, whose run it names", async () => {
  const { started, ask, first, open } = await begin();
  await using _ = started;
  const second = await ask("two", "steer");
  const streamed = await ask("three", "steer", { stream: true });
  open();
  expect(await textOf(first)).toBe("heard one,two,three");
  expect(await textOf(second)).toBe("heard one,two,three");
  expect((await second.response).headers.get("x-answered-by-run")).toBe(await runOf(first));
  expect((await first.response).headers.has("x-answered-by-run")).toBe(false);
  const stream = await (await streamed.response).text();
  expect(stream).toContain('"content":"heard one,two,three"');
  expect(stream).toMatch(/"finish_reason":"stop".*\n\ndata: \[DONE\]\n\n$/s);
});

test("a request that follows up gets an answer of its own", async () => {
  const { started, ask, first, open } = await begin();
  await using _ = started;
  const second = await ask("quick", "followup");
  open();
  expect(await textOf(first)).toBe("heard one");
  expect(await textOf(second)).toBe("heard one,quick");
});

test("requests that are collected share one answer", async () => {
  const { started, ask, first, open, atDoor } = await begin();
  await using _ = started;
  const others = [await ask("two", "collect"), await ask("three", "collect")] as const;
  open();
  expect(await textOf(first)).toBe("heard one");
  await atDoor();
  open();
  expect(await Promise.all(others.map(textOf))).toEqual(["heard one,two,three", "heard one,two,three"]);
});

test("a request that interrupts is answered, and the one before it is told by whom it was interrupted", async () => {
  const { started, ask, first, atDoor } = await begin();
  await using _ = started;
  const streamed = await ask("two", "interrupt", { stream: true });
  await atDoor();
  const last = await ask("quick", "interrupt");
  expect((await first.response).status).toBe(409);
  expect((await first.response).headers.get("x-should-retry")).toBe("false");
  expect(await textOf(first)).toEqual({
    message: `a later message of its session went before it (queue mode interrupt): run ${await runOf(streamed)}`,
    type: "interrupted",
    param: null,
    code: "interrupted",
    run_id: await runOf(first),
  });
  expect(await (await streamed.response).text()).toContain(`"code":"interrupted"`);
  expect(await textOf(last)).toBe("heard one,two,quick");
});

test("a session's own mode counts where a request names none, and the rules' where that is not set", async () => {
  const { started, client, ask, first, open } = await begin({
    queue: ({ mode = "followup" }) => ({ mode, cap: 20, drop: "summarize", quietMs: 0 }),
  });
  await using _ = started;
  await client.request("sessions.patch", { key: KEY, queueMode: "steer" });
  const second = await ask("two");
  await client.request("sessions.patch", { key: KEY, queueMode: null });
  const third = await ask("quick");
  open();
  expect(await textOf(first)).toBe("heard one,two");
  expect(await textOf(second)).toBe("heard one,two");
  expect(await textOf(third)).toBe("heard one,two,quick");
});

test("a mode that there is not is a 400 that lists them", async () => {
  const { started, ask, open } = await begin();
  await using _ = started;
  const { response } = await ask("two", "sometime");
  expect((await response).status).toBe(400);
  expect(await textOf({ response })).toMatchObject({
    message: "x-claw-queue-mode: expected steer, followup, collect, interrupt, found sometime",
  });
  open();
});

test.each([
  ["which another one steers goes on for that", 0],
  ["that steers another one leaves that alone", 1],
])("a request that hangs up %s", async (_what, leaving) => {
  const calls = [new AbortController(), new AbortController()] as const;
  const { started, ask, first, open, atDoor } = await begin({}, "long", calls[0].signal);
  await using _ = started;
  const second = await ask("two", "steer", {}, calls[1].signal);
  open();
  await atDoor();
  calls[leaving]?.abort();
  open();
  const staying = leaving === 0 ? second : first;
  expect(await textOf(staying)).toBe("heard long,two");
});

test("a request that hangs up alone stops its turn", async () => {
  const call = new AbortController();
  const { started, client, first } = await begin({}, "one", call.signal);
  await using _ = started;
  call.abort();
  expect((await first.response).status).toBe(409);
  expect((await client.request("runs.list", { sessionKey: KEY })).payload).toMatchObject({
    runs: [{ state: "aborted" }],
  });
});

test("agent says whose turn answered, and for which one it was interrupted", async () => {
  const { started, client, open, atDoor } = await begin();
  await using _ = started;
  const ask = (message: string, queueMode?: string) =>
    client.request("agent", { sessionKey: KEY, message, idempotencyKey: message, ...(queueMode && { queueMode }) });
  const final = (run: string) =>
    client.frame(({ payload }) => {
      const { runId, result } = (payload ?? {}) as { runId?: string; result?: unknown };
      return runId === run && result !== undefined;
    });
  await ask("two", "steer");
  open();
  expect((await final("two")).payload).toMatchObject({
    status: "ok",
    summary: "completed",
    result: { payloads: [{ text: "heard one,two" }], meta: { answeredBy: expect.any(String), aborted: false } },
  });
  await ask("three");
  await atDoor();
  await ask("quick", "interrupt");
  expect((await final("three")).payload).toMatchObject({
    summary: "interrupted by quick",
    result: { meta: { aborted: true, interruptedBy: "quick" } },
  });
  expect((await final("quick")).payload).toMatchObject({
    result: { payloads: [{ text: "heard one,two,three,quick" }] },
  });
  expect((await ask("four", "sometime")).error).toMatchObject({
    message: expect.stringContaining("queueMode: expected"),
  });
});

test("a repeat of a message that steered a turn gets the answer of that turn", async () => {
  const { started, client, open } = await begin();
  await using _ = started;
  const ask = () => client.request("agent", { sessionKey: KEY, message: "two", idempotencyKey: "two" });
  const finals = () =>
    client.frames.filter(({ payload }) => JSON.stringify(payload ?? {}).includes('"summary":"completed"'));
  await ask();
  open();
  await client.request("agent.wait", { runId: "two" });
  await ask();
  await client.frame(() => finals().length === 2);
  expect(finals().at(-1)?.payload).toMatchObject({
    result: { payloads: [{ text: "heard one,two" }], meta: { answeredBy: expect.any(String) } },
  });
});
