import { silentLogger } from "@claw/core";
import { describe, expect, test } from "vitest";
import { createConsent, type EgressConsent, type EgressQuestion } from "./consent.ts";
import { manualClock } from "./manual-clock.fixture.ts";

const question = (host: string, scope = "session-1"): EgressQuestion => ({
  identity: { id: "sandbox-1", scope },
  via: "tunnel",
  host,
  port: 443,
  rule: "allow",
  reason: "no rule allows it",
});

/** A person who answers when told to. */
function person() {
  const clock = manualClock();
  const asked: { readonly host: string; readonly answer: (consent: EgressConsent) => void }[] = [];
  const consent = createConsent({
    ask: ({ host }) => new Promise((resolve) => asked.push({ host, answer: resolve })),
    timeoutMs: 1_000,
    clock,
    log: silentLogger,
  });
  const ask = (host: string, scope?: string, signal = new AbortController().signal) =>
    consent(question(host, scope), signal);
  /** The question is put in a microtask of its own. */
  const answer = async (index: number, given: EgressConsent): Promise<void> => {
    await Promise.resolve();
    await Promise.resolve();
    asked[index]?.answer(given);
  };
  return { clock, asked, ask, answer };
}

describe("a person's answer", () => {
  test("is for everybody who waits for the same host", async () => {
    const { asked, ask, answer } = person();
    const waiting = [ask("a.test"), ask("a.test"), ask("a.test")];
    await answer(0, "once");
    expect((await Promise.all(waiting)).map(({ allowed }) => allowed)).toEqual([true, true, true]);
    expect(asked.length).toBe(1);
  });

  test.each([
    ["once", ["session-1", "session-2"]],
    ["session", ["session-2"]],
    ["always", []],
  ] as const)("%s leaves these to be asked again: %j", async (given, again) => {
    const { asked, ask, answer } = person();
    const first = ask("a.test");
    await answer(0, given);
    expect((await first).allowed).toBe(true);
    const left: string[] = [];
    for (const scope of ["session-1", "session-2"]) {
      const before = asked.length;
      void ask("a.test", scope);
      await Promise.resolve();
      await Promise.resolve();
      if (asked.length > before) left.push(scope);
    }
    expect(left).toEqual(again);
  });

  test("no holds for a while, and then is asked for again", async () => {
    const { clock, asked, ask, answer } = person();
    const first = ask("a.test");
    await answer(0, "deny");
    expect(await first).toMatchObject({ allowed: false, reason: "a person was asked and said no" });
    expect((await ask("a.test")).allowed).toBe(false);
    expect(asked.length).toBe(1);
    clock.advance(11 * 60_000);
    const second = ask("a.test");
    await answer(1, "once");
    expect((await second).allowed).toBe(true);
  });

  test("that comes when nobody waits any more is for the next attempt", async () => {
    const { clock, asked, ask, answer } = person();
    const first = ask("a.test");
    clock.advance(1_000);
    expect(await first).toMatchObject({ allowed: false, reason: expect.stringContaining("not answered yet") });
    await answer(0, "once");
    await new Promise(setImmediate);
    expect((await ask("a.test")).allowed).toBe(true);
    void ask("a.test");
    await Promise.resolve();
    await Promise.resolve();
    expect(asked.length).toBe(2);
  });
});

test("who left does not wait, and its question goes on", async () => {
  const { asked, ask, answer } = person();
  const gone = new AbortController();
  const first = ask("a.test", "session-1", gone.signal);
  gone.abort();
  expect((await first).allowed).toBe(false);
  const second = ask("a.test");
  await answer(0, "once");
  expect((await second).allowed).toBe(true);
  expect(asked.length).toBe(1);
});

test("a sandbox that asks for one host after another does not bury people in questions", async () => {
  const { asked, ask } = person();
  for (let number = 0; number < 20; number++) void ask(`host-${number}.test`);
  void ask("a.test", "session-2");
  await Promise.resolve();
  await Promise.resolve();
  expect(asked.map(({ host }) => host)).toEqual([
    "host-0.test",
    "host-1.test",
    "host-2.test",
    "host-3.test",
    "host-4.test",
    "a.test",
  ]);
});

test("who can't be asked has said no", async () => {
  const consent = createConsent({
    ask: () => {
      throw new Error("nobody is there");
    },
    timeoutMs: 1_000,
    clock: manualClock(),
    log: silentLogger,
  });
  expect((await consent(question("a.test"), new AbortController().signal)).allowed).toBe(false);
});
