import type { Agent, Broadcast, Route } from "@claw/core";
import { fakeChannel } from "@claw/core/testing";
import { expect, test } from "vitest";
import { startGateway } from "./gateway.fixture.ts";
import { lastText, scriptedAgent } from "./script.fixture.ts";

const idle = () => new Promise((resolve) => setImmediate(resolve));

/** Agents that answer with what `answer` makes of their name, the round they are in and what they were told in it. */
async function group(
  broadcast: Omit<Partial<Broadcast>, "routes">,
  answer: (name: string, round: number, told: string) => string | Promise<string>,
  names = ["a", "b"],
) {
  const fake = fakeChannel();
  const told = new Map<string, string[]>();
  const agents = names.map((name) =>
    scriptedAgent(async function* ({ messages, signal }) {
      const text = lastText(messages);
      const rounds = told.get(name) ?? [];
      told.set(name, rounds);
      const round = rounds.push(text);
      const stopped = new Promise<string>((resolve) => signal.addEventListener("abort", () => resolve("")));
      yield await Promise.race([answer(name, round, text), stopped]);
    }, name),
  ) as [Agent, ...Agent[]];
  const routes = names.map((agent) => ({ agent, session: `agent:${agent}:fake:group:team` })) as [Route, ...Route[]];
  const started = await startGateway({
    channels: [fake.channel],
    agents,
    router: () => ({ strategy: "parallel", ...broadcast, routes }),
  });
  let running = 0;
  let ended = 0;
  started.gateway.subscribe((event) => {
    if (event.type === "message-accepted") running++;
    if (event.type === "run-ended") ended++;
  });
  const from = { ...fake.address, peer: "team", kind: "group" } as const;
  return {
    started,
    told,
    say: (id: string, text = id) => fake.redeliver({ id, text, from, sender: { id: "ada" } }),
    /** Everything that was begun is over and sent, and nothing follows. */
    async quiet(sent: number) {
      while (fake.sent().length < sent || ended < running) await idle();
      for (let turn = 0; turn < 50; turn++) await idle();
      expect(fake.sent()).toHaveLength(sent);
      return fake.sent();
    },
    turns: () => running,
  };
}

test("without rounds each agent answers once and hears nothing of the others", async () => {
  const { started, told, say, quiet } = await group({}, (name) => `${name} answers`);
  await using _ = started;
  await say("hello");
  expect((await quiet(2)).toSorted()).toEqual(["a answers", "b answers"]);
  expect([...told.values()]).toEqual([["hello"], ["hello"]]);
});

test("in a second round each agent is told what the others said, and not what it said itself", async () => {
  const { started, told, say, quiet } = await group({ maxRounds: 2 }, (name, round) => `${name} in round ${round}`);
  await using _ = started;
  await say("hello");
  const sent = await quiet(4);
  expect(sent.toSorted()).toEqual(["a in round 1", "a in round 2", "b in round 1", "b in round 2"]);
  expect(told.get("a")?.[1]).toContain("## b\n\nb in round 1");
  expect(told.get("a")?.[1]).not.toContain("a in round 1");
  expect(told.get("b")?.[1]).toContain("## a\n\na in round 1");
});

test("agents that would answer each other for ever are stopped by the rounds, and by the turns before that", async () => {
  const endless = (name: string, round: number) => `${name}${round}`;
  const rounds = await group({ maxRounds: 4 }, endless);
  await using _rounds = rounds.started;
  await rounds.say("hello");
  await rounds.quiet(8);
  expect(rounds.turns()).toBe(8);

  const turns = await group({ maxRounds: 4, maxTurns: 5 }, endless);
  await using _turns = turns.started;
  await turns.say("hello");
  await turns.quiet(5);
  expect(turns.turns()).toBe(5);
});

test("fewer turns than agents leave the last of them unasked", async () => {
  const { started, told, say, quiet } = await group({ maxRounds: 3, maxTurns: 1 }, (name) => name);
  await using _ = started;
  await say("hello");
  await quiet(1);
  expect([...told.keys()]).toEqual(["a"]);
});

test("who has nothing to add says so and is heard nowhere; when nobody has, the exchange is over", async () => {
  const { started, say, quiet, turns } = await group({ maxRounds: 4 }, (name, round) =>
    round > 1 && (name === "b" || round > 2) ? " NO_REPLY\n" : `${name}${round}`,
  );
  await using _ = started;
  await say("hello");
  expect((await quiet(3)).toSorted()).toEqual(["a1", "a2", "b1"]);
  // Both in rounds one and two, b alone in the third: only a had said anything.
  expect(turns()).toBe(5);
});

test("a newer message in the group ends the exchange about the one before it", async () => {
  const door = Promise.withResolvers<void>();
  const { started, told, say, quiet } = await group({ maxRounds: 2 }, async (name, _round, text) => {
    if (text === "first" && name === "b") await door.promise;
    return text.startsWith("The other") ? "about the others" : `${name} to ${text}`;
  });
  await using _ = started;
  await say("first");
  while (!told.has("b")) await idle();
  await say("second");
  door.resolve();
  const sent = await quiet(6);
  expect(sent.filter((text) => text.endsWith("to first"))).toHaveLength(2);
  expect(sent.filter((text) => text.endsWith("to second"))).toHaveLength(2);
  expect(sent.filter((text) => text === "about the others")).toHaveLength(2);
  expect(told.get("a")?.at(-1)).toContain("b to second");
});

test("a round that is stopped is the last one", async () => {
  const { started, told, say, quiet } = await group({ maxRounds: 3 }, async (name) =>
    name === "b" ? new Promise<string>(() => {}) : "a1",
  );
  await using _ = started;
  await say("hello");
  while (!told.has("b")) await idle();
  await say("/stop");
  await quiet(3);
  expect(told.get("a")).toEqual(["hello"]);
});

test("what a platform delivers twice is talked about once", async () => {
  const { started, say, quiet, turns } = await group({ maxRounds: 2 }, (name, round) => `${name}${round}`);
  await using _ = started;
  await say("hello");
  await say("hello");
  await quiet(4);
  await say("hello");
  await quiet(4);
  expect(turns()).toBe(4);
});

test("one after the other, also in the second round", async () => {
  const order: string[] = [];
  const { started, say, quiet } = await group({ maxRounds: 2, strategy: "sequential" }, async (name, round) => {
    order.push(`${name}${round} begins`);
    await idle();
    order.push(`${name}${round} ends`);
    return `${name}${round}`;
  });
  await using _ = started;
  await say("hello");
  await quiet(4);
  expect(order).toEqual(["a1", "b1", "a2", "b2"].flatMap((one) => [`${one} begins`, `${one} ends`]));
});

test("of many long answers each agent is told a part", async () => {
  const names = ["a", "b", "c", "d", "e", "f"];
  const { started, told, say, quiet } = await group({ maxRounds: 2 }, (name) => name.repeat(10_000), names);
  await using _ = started;
  await say("hello");
  await quiet(12);
  const digest = told.get("a")?.[1] ?? "";
  expect(digest.length).toBeLessThan(17_000);
  for (const name of names.slice(1)) expect(digest).toContain(name.repeat(3_200));
});
