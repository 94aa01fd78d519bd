import type { Message } from "@claw/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fitHistory, pendingCalls } from "./history.ts";

const user = (text: string): Message => ({ role: "user", text });
const asks = (...ids: string[]): Message => ({
  role: "assistant",
  text: "",
  toolCalls: ids.map((id) => ({ id, tool: "exec", input: {} })),
  model: "test/model",
  stop: ids.length > 0 ? "tool-calls" : "stop",
});
const result = (callId: string): Message => ({ role: "tool", callId, tool: "exec", output: "ok", failed: false });

test("a call without a result is pending, one with a result is not", () => {
  const calls = pendingCalls([user("go"), asks("a", "b"), result("a")]);
  expect(calls.map(({ id }) => id)).toEqual(["b"]);
});

test("nothing is pending once somebody has spoken again", () => {
  expect(pendingCalls([user("go"), asks("a"), user("never mind")])).toEqual([]);
});

test("a call that a stopped turn abandoned gets a result that says so, before the next message", () => {
  const fitted = fitHistory([user("go"), asks("a", "b"), result("a"), user("again")], 10_000);
  expect(fitted.map(({ role }) => role)).toEqual(["user", "assistant", "tool", "tool", "user"]);
  expect(fitted[3]).toMatchObject({ callId: "b", failed: true, output: expect.stringContaining("Not run") });
});

test("the last message stays, however long it is", () => {
  const long = user("x".repeat(1_000));
  expect(fitHistory([user("old"), long], 10)).toEqual([long]);
});

test("any history fits its budget, keeps the last turn whole and never starts with a tool result", () => {
  const turn = fc
    .tuple(fc.string(), fc.array(fc.uuid(), { maxLength: 3 }), fc.boolean())
    .map(([text, ids, answered]) => [user(text), asks(...ids), ...(answered ? ids.map(result) : [])]);
  fc.assert(
    fc.property(fc.array(turn, { minLength: 1, maxLength: 8 }), fc.nat(400), (turns, budget) => {
      const messages = [...turns.flat(), user("the last one")];
      const fitted = fitHistory(messages, budget);
      expect(fitted[0]?.role).toBe("user");
      expect(fitted.at(-1)).toEqual(user("the last one"));
      for (const [index, message] of fitted.entries()) {
        if (message.role !== "user" || index === 0) continue;
        expect(pendingCalls(fitted.slice(0, index))).toEqual([]);
      }
    }),
  );
});
