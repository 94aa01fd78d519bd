import type { HistoryMessage } from "@claw/protocol";
import { expect, test } from "vitest";
import { olderThan, recordedTurns, withMessages } from "./record.ts";

const mark = (seq: number) => ({ id: `s#${seq}`, seq, kind: "message" as const });
const text = (said: string) => [{ type: "text", text: said }] as const;
const turns = (...messages: readonly HistoryMessage[]) => recordedTurns(withMessages(new Map(), messages));

test("a summary stands where it was made, in the turn that made it", () => {
  const [turn] = turns(
    { role: "user", runId: "a", timestamp: 1, content: text("go on"), __openclaw: mark(1) },
    { role: "system", runId: "a", timestamp: 2, content: text("They met."), __openclaw: mark(2) },
    { role: "assistant", runId: "a", timestamp: 3, content: text("Gladly."), __openclaw: mark(3) },
  );
  expect(turn?.parts).toEqual([
    { kind: "user", text: "go on" },
    { kind: "summary", text: "They met." },
    { kind: "text", text: "Gladly." },
  ]);
});

test("what the gateway says itself is told from what a model says", () => {
  const base = { role: "assistant", timestamp: 1 } as const;
  const [reply, answer] = turns(
    { ...base, runId: "a", provider: "claw", model: "command", content: text("Stopped."), __openclaw: mark(1) },
    { ...base, runId: "b", provider: "demo", model: "offline", content: text("Hello."), __openclaw: mark(2) },
  );
  expect(reply).toMatchObject({ parts: [{ kind: "text", text: "Stopped.", byGateway: true }] });
  expect(reply?.model).toBeUndefined();
  expect(answer).toMatchObject({ parts: [{ kind: "text", text: "Hello." }], model: "offline" });
});

test("a newest page replaces everything from its first message on, for a history can be rewound", () => {
  const said = (seq: number): HistoryMessage => ({
    ...{ role: "user", timestamp: seq, content: text(`${seq}`), __openclaw: mark(seq) },
  });
  const record = withMessages(new Map(), [1, 2, 3, 4].map(said));
  expect([...olderThan(record, [2, 5].map(said)).keys()]).toEqual(["s#1"]);
  expect(olderThan(record, []).size).toBe(0);
});
