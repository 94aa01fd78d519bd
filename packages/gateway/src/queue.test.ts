import type { QueueMode } from "@claw/core";
import { sqliteStore } from "@claw/store-sqlite";
import { describe, expect, test } from "vitest";
import { connectClient, type TestClient } from "./connect.fixture.ts";
import type { GatewayEvent } from "./events.ts";
import { startGateway } from "./gateway.fixture.ts";
import type { GatewayOptions, QueueRule } from "./options.ts";
import { twoSteps } from "./two-steps.fixture.ts";

const ruled = (rule: Partial<QueueRule>): Pick<GatewayOptions, "queue"> => ({
  queue: ({ mode }) => ({ mode: "steer", cap: 20, drop: "summarize", quietMs: 0, ...rule, ...(mode && { mode }) }),
});

async function begin(options: Partial<GatewayOptions> = {}, first = "one") {
  const { agent, atDoor, open } = twoSteps();
  const started = await startGateway({ agents: [agent], ...options });
  const client = await connectClient(started.gateway);
  const ends: [string, string, string, string?][] = [];
  const watch = (gateway = started.gateway) =>
    gateway.subscribe((event: GatewayEvent) => {
      if (event.type !== "run-ended") return;
      const { state, text, answeredBy } = event.outcome;
      ends.push([event.run, state, text, ...(answeredBy === undefined ? [] : [answeredBy])] as never);
    });
  watch();
  const send = (message: string, queueMode?: QueueMode, from: TestClient = client) =>
    from.request("chat.send", {
      sessionKey: "main",
      message,
      idempotencyKey: message,
      ...(queueMode && { queueMode }),
    });
  const ended = (run: string, from: TestClient = client) => from.request("agent.wait", { runId: run });
  await send(first);
  await atDoor();
  return { started, client, send, ended, ends, atDoor, open, watch, agent };
}

describe("a message while a turn runs", () => {
  test("steers it: the turn reads it before its next step, and both runs end with the one answer", async () => {
    const { started, client, send, ended, ends, open } = await begin();
    await using _ = started;
    await send("two", "steer");
    await send("three", "steer");
    open();
    await ended("three");
    expect(ends).toEqual([
      ["one", "done", "heard one,two,three"],
      ["two", "done", "heard one,two,three", "one"],
      ["three", "done", "heard one,two,three", "one"],
    ]);
    const { payload } = await client.request("runs.get", { runId: "two" });
    expect(payload).toMatchObject({ run: { state: "done", answeredBy: "one" } });
    const finals = client.frames.filter(
      ({ payload: chat }) => (chat as { state?: string } | undefined)?.state === "final",
    );
    expect(finals.map(({ payload: chat }) => "message" in (chat ?? {}))).toEqual([true, false, false]);
    await send("quick");
    await ended("quick");
    expect(ends.at(-1)?.[2]).toBe("heard one,two,three,quick");
  });

  test("that came too late to steer gets a turn of its own", async () => {
    const { started, send, ended, ends, open } = await begin();
    await using _ = started;
    open();
    await send("quick", "steer");
    await ended("quick");
    expect(ends.map(([run, , text]) => `${run}: ${text}`)).toEqual(["one: heard one", "quick: heard one,quick"]);
  });

  test("follows up in its own turn, in order also with what would steer", async () => {
    const { started, send, ended, ends, atDoor, open } = await begin();
    await using _ = started;
    await send("two", "followup");
    await send("quick", "steer");
    open();
    await ended("one");
    await atDoor();
    open();
    await ended("quick");
    expect(ends.map(([run, , , by]) => [run, by])).toEqual([
      ["one", undefined],
      ["two", undefined],
      ["quick", "two"],
    ]);
  });

  test("is collected with the others into one turn", async () => {
    const { started, send, ended, ends, open } = await begin();
    await using _ = started;
    for (const text of ["two", "three", "quick"]) await send(text, "collect");
    open();
    await ended("quick");
    expect(ends).toEqual([
      ["one", "done", "heard one"],
      ["two", "done", "heard one,two,three,quick"],
      ["three", "done", "heard one,two,three,quick", "two"],
      ["quick", "done", "heard one,two,three,quick", "two"],
    ]);
  });

  test("interrupts it, and what waited before it", async () => {
    const { started, send, ended, ends } = await begin();
    await using _ = started;
    await send("two", "followup");
    await send("quick", "interrupt");
    await ended("quick");
    expect(ends).toEqual([
      ["one", "aborted", ""],
      ["two", "aborted", ""],
      ["quick", "done", "heard one,two,quick"],
    ]);
  });

  test("is refused with a mode that there is not", async () => {
    const { started, client } = await begin();
    await using _ = started;
    const params = { sessionKey: "main", message: "x", idempotencyKey: "x", queueMode: "sometime" };
    expect((await client.request("chat.send", params)).error).toMatchObject({
      code: "INVALID_REQUEST",
      message: "queueMode: expected steer, followup, collect, interrupt, found sometime",
    });
  });

  test("goes by what its session is set to, and by its own mode before that", async () => {
    const { started, client, send, ended, ends, open } = await begin();
    await using _ = started;
    await client.request("sessions.patch", { key: "main", queueMode: "collect" });
    await send("two");
    await send("quick");
    open();
    await ended("quick");
    expect(ends.map(([run, , , by]) => [run, by]).slice(1)).toEqual([
      ["two", undefined],
      ["quick", "two"],
    ]);
  });
});

test("sessions.steer steers what runs, and sends where nothing does", async () => {
  const { started, client, ended, ends, open } = await begin(ruled({ mode: "followup" }));
  await using _ = started;
  const steer = (message: string) =>
    client.request("sessions.steer", { key: "main", message, idempotencyKey: message });
  expect((await steer("two")).payload).toMatchObject({ runId: "two", status: "started" });
  open();
  await ended("two");
  await steer("quick");
  await ended("quick");
  expect(ends.map(([run, , , by]) => [run, by])).toEqual([
    ["one", undefined],
    ["two", "one"],
    ["quick", undefined],
  ]);
});

test("stopping a message that steered a turn stops the turn", async () => {
  const { started, client, send, ended, ends, open, atDoor } = await begin(ruled({ mode: "collect" }));
  await using _ = started;
  await send("two");
  await send("three");
  open();
  await ended("one");
  await atDoor();
  await client.request("chat.abort", { sessionKey: "main", runId: "three" });
  await ended("three");
  expect(ends.slice(1)).toEqual([
    ["two", "aborted", ""],
    ["three", "aborted", "", "two"],
  ]);
});

/** What ended and what is still to be done, after another start. */
async function afterwards({ started, ends }: Awaited<ReturnType<typeof begin>>) {
  const begun: string[] = [];
  const gateway = await started.restart();
  gateway.subscribe((event) => void (event.type === "run-started" && begun.push(event.run)));
  await (await connectClient(gateway)).request("health");
  return { ends: ends.filter(([, state]) => state !== "error"), begun };
}

describe("a crash", () => {
  test("after a message has joined a turn leaves it there: it is read again in its place, and answered once", async () => {
    const world = await begin({}, "long");
    await using started = world.started;
    await world.send("two", "steer");
    world.open();
    await world.atDoor();
    world.ends.length = 0;
    const gateway = await started.restart();
    world.watch(gateway);
    const client = await connectClient(gateway);
    await world.atDoor();
    world.open();
    await world.ended("two", client);
    expect(await afterwards(world)).toEqual({
      ends: [
        ["long", "done", "heard long,two"],
        ["two", "done", "heard long,two", "long"],
      ],
      begun: [],
    });
  });

  test.each<QueueMode>(["steer", "followup", "collect"])(
    "with messages that wait to %s loses none, repeats none and keeps their order",
    async (mode) => {
      const world = await begin();
      await using started = world.started;
      for (const text of ["two", "three"]) await world.send(text, mode);
      world.ends.length = 0;
      const gateway = await started.restart();
      world.watch(gateway);
      const client = await connectClient(gateway);
      const last = world.ended("three", client);
      for (let turn = 0; turn < 3; turn++) {
        await world.atDoor();
        world.open();
      }
      await last;
      const { ends, begun } = await afterwards(world);
      expect(ends.map(([run, state]) => [run, state])).toEqual([
        ["one", "done"],
        ["two", "done"],
        ["three", "done"],
      ]);
      expect(ends[2]?.[2]).toBe("heard one,two,three");
      expect(begun).toEqual([]);
    },
  );

  test("does not bring back what was interrupted", async () => {
    const world = await begin();
    await using started = world.started;
    await started.gateway.stop({ graceMs: 0 });
    const store = sqliteStore({ stateDir: started.stateDir });
    await store.journal.accept({
      id: "quick",
      run: "quick",
      session: "agent:main:main",
      agent: "main",
      principal: { id: "owner", kind: "user", tenant: "local", scopes: ["admin"], credential: "test" },
      provenance: { origins: ["owner"], trust: "trusted", because: [] },
      message: { role: "user", text: "quick" },
      queue: "interrupt",
    });
    await store[Symbol.asyncDispose]();
    const client = await connectClient(await started.restart());
    await world.ended("quick", client);
    const { payload } = await client.request("runs.get", { runId: "one" });
    expect(payload).toMatchObject({ run: { state: "aborted" } });
  });
});

describe("a queue that is full", () => {
  test("lets the next turn read what is over, and nothing is left out", async () => {
    const { started, send, ended, ends, open, atDoor } = await begin(ruled({ mode: "followup", cap: 2 }));
    await using _ = started;
    for (const text of ["two", "three", "four", "quick"]) await send(text);
    open();
    await ended("one");
    await atDoor();
    open();
    await ended("quick");
    expect(ends.map(([run, , text, by]) => [run, text, by])).toEqual([
      ["one", "heard one", undefined],
      ["two", "heard one,two,three,four", undefined],
      ["three", "heard one,two,three,four", "two"],
      ["four", "heard one,two,three,four", "two"],
      ["quick", "heard one,two,three,four,quick", undefined],
    ]);
  });

  test("ends the oldest without an answer, and says so in its run", async () => {
    const { started, client, send, ended, open } = await begin(ruled({ mode: "followup", cap: 1, drop: "old" }));
    await using _ = started;
    for (const text of ["two", "quick"]) await send(text);
    open();
    await ended("quick");
    expect((await client.request("runs.get", { runId: "two" })).payload).toMatchObject({
      run: {
        state: "error",
        error: { code: "GATEWAY_DROPPED", message: expect.stringContaining("messages.queue.cap") },
      },
    });
  });

  test("refuses a client's newest for now, naming the setting", async () => {
    const { started, send } = await begin(ruled({ mode: "followup", cap: 1, drop: "new" }));
    await using _ = started;
    await send("two");
    expect((await send("three")).error).toMatchObject({
      code: "UNAVAILABLE",
      retryable: true,
      retryAfterMs: 2_000,
      message: expect.stringContaining("messages.queue.cap"),
    });
  });

  test("refuses a person who has too much waiting, and knows a repeat all the same", async () => {
    const { started, send } = await begin({ limits: { queuedPerPerson: 1 } });
    await using _ = started;
    await send("two", "followup");
    expect((await send("three")).error).toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("limits.perPerson.queued"),
    });
    expect((await send("two")).payload).toMatchObject({ status: "in_flight" });
  });
});
