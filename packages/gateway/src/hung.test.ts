import type { Agent, Channel } from "@claw/core";
import { fakeChannel } from "@claw/core/testing";
import { expect, test } from "vitest";
import { START_WAIT_MS } from "./channel-host.ts";
import { connectClient } from "./connect.fixture.ts";
import { startGateway, testTool } from "./gateway.fixture.ts";
import { manualClock } from "./manual-clock.fixture.ts";
import { SILENT_MS } from "./places.ts";
import { lastText, scriptedAgent } from "./script.fixture.ts";

const idle = () => new Promise((resolve) => setImmediate(resolve));

/** Hangs in its model or in a tool when told to, until the door opens, and hears nothing; answers everything else. */
const agentBehind = (door: Promise<void>): Agent =>
  scriptedAgent(async function* ({ messages }) {
    const text = lastText(messages);
    if (text.startsWith("model")) await door;
    if (text.startsWith("tool")) {
      yield [{ id: text, tool: "hang", input: { text } }];
    }
    yield `re ${text}`;
  });

test("a hundred and fifty turns that hang, over sixty-four places, keep the next one waiting for nothing", async () => {
  const clock = manualClock();
  const limits = { concurrentTurns: 64, turnsPerPerson: 48 };
  const door = Promise.withResolvers<void>();
  const hang = testTool("hang", () => door.promise.then(() => ({ output: "", failed: false })));
  const agents = [agentBehind(door.promise)] as const;
  await using started = await startGateway({ agents, tools: [hang], clock, limits });
  const client = await connectClient(started.gateway);
  const begun = new Set<string>();
  started.gateway.subscribe((event) => void (event.type === "run-started" && begun.add(event.run)));
  const send = (text: string) => client.request("chat.send", { sessionKey: text, message: text, idempotencyKey: text });

  for (let number = 0; number < 150; number++) await send(`${number % 2 === 0 ? "model" : "tool"}-${number}`);
  expect(begun.size).toBeLessThanOrEqual(48);
  while (begun.size < 150) {
    clock.advance(SILENT_MS / 8);
    await idle();
  }
  clock.advance(SILENT_MS);
  const answered = client.frame(
    ({ event, payload }) => event === "chat" && JSON.stringify(payload).includes('"re quick"'),
  );
  await send("quick");
  await answered;
  expect(begun.size).toBe(151);
  door.resolve();
});

test("a hundred destinations that hang keep no other from its answer, and each stays in order", async () => {
  const fake = fakeChannel();
  const sent: string[] = [];
  const door = Promise.withResolvers<void>();
  const channel: Channel = {
    ...fake.channel,
    async send(to, message) {
      sent.push(`${to.peer}: ${message.text}`);
      if (to.peer.startsWith("stuck")) await door.promise;
      return { ids: ["1"] };
    },
  };
  await using started = await startGateway({ agents: [agentBehind(door.promise)], channels: [channel] });
  let ended = 0;
  const waiters: (() => void)[] = [];
  started.gateway.subscribe((event) => {
    if (event.type === "run-ended") ended++;
    for (const check of waiters) check();
  });
  const until = (count: number) =>
    new Promise<void>((resolve) => {
      const check = (): void => void (ended >= count && resolve());
      waiters.push(check);
      check();
    });
  const deliver = (peer: string, text: string) =>
    fake.redeliver({ id: `${peer}-${text}`, text, sender: { id: peer }, from: { ...fake.address, peer } });

  for (let number = 0; number < 100; number++) {
    await deliver(`stuck-${number}`, "one");
    await deliver(`stuck-${number}`, "two");
  }
  await until(200);
  await deliver("ada", "one");
  await deliver("ada", "two");
  await until(202);
  while (!sent.includes("ada: re two")) await idle();
  expect(sent.filter((text) => text.startsWith("ada"))).toEqual(["ada: re one", "ada: re two"]);
  expect(sent.filter((text) => text.startsWith("stuck") && text.endsWith("two"))).toEqual([]);
  door.resolve();
});

test("a channel that hangs while it starts keeps neither the gateway from starting nor another from answering", async () => {
  const clock = manualClock();
  const fake = fakeChannel();
  const reached = Promise.withResolvers<void>();
  const stuck: Channel = {
    ...fakeChannel().channel,
    name: "stuck",
    start: () => {
      reached.resolve();
      return new Promise(() => {});
    },
  };
  const starting = startGateway({ agents: [agentBehind(Promise.resolve())], channels: [stuck, fake.channel], clock });
  await reached.promise;
  await fake.deliver("already");
  clock.advance(START_WAIT_MS);
  await using started = await starting;
  expect(started.gateway.safeMode).toBeUndefined();
  await fake.deliver("quick");
  while (fake.sent().length < 2) {
    clock.advance(100);
    await idle();
  }
  expect(fake.sent()).toEqual(["re already", "re quick"]);
});
