import type { Journal } from "@claw/core";
import { fakeChannel } from "@claw/core/testing";
import { sqliteStore } from "@claw/store-sqlite";
import { expect, test } from "vitest";
import { connectClient } from "./connect.fixture.ts";
import { startGateway, type TestGateway } from "./gateway.fixture.ts";
import { manualClock } from "./manual-clock.fixture.ts";
import { lastText, scriptedAgent } from "./script.fixture.ts";

const session = "agent:main:main";
const owner = { id: "operator", kind: "user", tenant: "local", scopes: ["admin"], credential: "token" } as const;
const lease = { key: session, fence: 1n, lost: new AbortController().signal, async [Symbol.asyncDispose]() {} };

/** Starts on the gateway's state that end without being told to, and what the first of them had in hand. */
async function crash(
  { gateway, stateDir }: TestGateway,
  clock: ReturnType<typeof manualClock>,
  times: number,
  inHand: (journal: Journal) => Promise<unknown> = async () => {},
): Promise<void> {
  await gateway.stop({ graceMs: 0 });
  for (let start = 0; start < times; start++) {
    await using store = sqliteStore({ stateDir, clock });
    await store.migrate();
    await store.starts.begin();
    if (start === 0) await inHand(store.journal);
  }
}

const accepted = (id: string) => (journal: Journal) =>
  journal.accept({
    id,
    run: id,
    session,
    agent: "main",
    principal: owner,
    provenance: { origins: ["owner"], trust: "trusted", because: [] },
    message: { role: "user", text: id },
  });

const echo = scriptedAgent(async function* ({ messages }) {
  yield `re ${lastText(messages)}`;
});

test("three crashes within five minutes start safe mode: channels off, turns waiting, and everybody told why", async () => {
  const clock = manualClock();
  const fake = fakeChannel();
  await using started = await startGateway({ clock, channels: [fake.channel], agents: [echo] });
  await crash(started, clock, 3, accepted("a"));
  const gateway = await started.restart();
  expect(gateway.safeMode).toMatchObject({ reason: expect.stringContaining("3 times within 5 minutes") });
  await expect(fake.deliver("hello")).rejects.toThrow();

  const client = await connectClient(gateway);
  const waiting = { safeMode: { parkedCount: 1, parked: [{ runId: "a", sessionKey: session }] } };
  expect((await client.request("health")).payload).toMatchObject(waiting);
  expect((await client.request("status")).payload).toMatchObject(waiting);
  await client.request("chat.send", { message: "b", idempotencyKey: "b", sessionKey: "main" });
  expect((await client.request("agent.wait", { runId: "b" })).payload).toMatchObject({ status: "ok" });
});

test("safe mode is left on request, and what waited goes on", async () => {
  const clock = manualClock();
  const fake = fakeChannel();
  await using started = await startGateway({ clock, channels: [fake.channel], agents: [echo] });
  await crash(started, clock, 3, accepted("a"));
  const client = await connectClient(await started.restart());
  expect((await client.request("safe-mode.off")).payload).toEqual({ left: true, resumed: 1 });
  expect((await client.request("agent.wait", { runId: "a" })).payload).toMatchObject({ status: "ok" });
  await fake.deliver("hello");
  expect((await client.request("health")).payload).not.toHaveProperty("safeMode");
  expect((await client.request("safe-mode.off")).payload).toEqual({ left: false, resumed: 0 });
});

test("safe mode outlives another crash, and a stop that was asked for ends it", async () => {
  const clock = manualClock();
  await using started = await startGateway({ clock });
  await crash(started, clock, 3);
  expect((await started.restart()).safeMode).toBeDefined();
  await using store = sqliteStore({ stateDir: started.stateDir, clock });
  await store.starts.begin();
  await store.starts.note("safe-mode");
  clock.advance(3_600_000);
  expect((await started.restart()).safeMode?.reason).toContain("was in safe mode when it ended");
  expect((await started.restart()).safeMode).toBeUndefined();
});

test("crashes that are further apart are no loop, a clock that was set back hides none", async () => {
  const clock = manualClock();
  await using started = await startGateway({ clock });
  await crash(started, clock, 2);
  clock.advance(5 * 60_000);
  expect((await started.restart()).safeMode).toBeUndefined();
  await crash(started, clock, 3);
  clock.advance(-24 * 3_600_000);
  expect((await started.restart()).safeMode).toBeDefined();
});

test("safe mode can be asked for, and can be forbidden", async () => {
  const clock = manualClock();
  await using started = await startGateway({ clock });
  expect((await started.restart({ safeMode: true })).safeMode?.reason).toContain("--safe-mode");
  await crash(started, clock, 5);
  expect((await started.restart({ safeMode: false })).safeMode).toBeUndefined();
});

test("a turn that crashed the gateway and three more attempts is given up with an error", async () => {
  const clock = manualClock();
  let turns = 0;
  const agent = scriptedAgent(async function* () {
    turns += 1;
    yield "survived";
  });
  await using started = await startGateway({ clock, agents: [agent] });
  for (const [id, recoveries] of [
    ["third attempt", 2],
    ["fourth attempt", 3],
  ] as const) {
    await crash(started, clock, 1, async (journal) => {
      await accepted(id)(journal);
      for (let count = 0; count < recoveries; count++) await journal.beginAgain(lease, id);
    });
    const client = await connectClient(await started.restart());
    const { payload } = await client.request("agent.wait", { runId: id });
    if (recoveries < 3) expect(payload).toMatchObject({ status: "ok" });
    else expect(payload).toMatchObject({ status: "error", error: expect.stringContaining("given up") });
  }
  expect(turns).toBe(1);
});
