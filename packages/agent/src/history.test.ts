import type { ModelMessage } from "@claw/core";
import { expect, test } from "vitest";
import { answerAbandonedCalls, pendingCalls, withoutOrphans } from "./history.ts";

const user = (text: string): ModelMessage => ({ role: "user", text });
const asks = (...ids: string[]): ModelMessage => ({
  role: "assistant",
  text: "",
  toolCalls: ids.map((id) => ({ id, tool: "exec", input: {} })),
  model: "test/model",
  stop: ids.length > 0 ? "tool-calls" : "stop",
});
const result = (callId: string): ModelMessage => ({ role: "tool", callId, tool: "exec", output: "ok", failed: false });

test("a call without a result is pending, one with a result is not", () => {
  const calls = pendingCalls([user("go"), asks("a", "b"), result("a")]);
  expect(calls.map(({ id }) => id)).toEqual(["b"]);
});

test("nothing is pending once somebody has spoken again", () => {
  expect(pendingCalls([user("go"), asks("a"), user("never mind")])).toEqual([]);
});

test("a call that a stopped turn abandoned gets a result that says so, before the next message", () => {
  const repaired = answerAbandonedCalls([user("go"), asks("a", "b"), result("a"), user("again")]);
  expect(repaired.map(({ role }) => role)).toEqual(["user", "assistant", "tool", "tool", "user"]);
  expect(repaired[3]).toMatchObject({ callId: "b", failed: true, output: expect.stringContaining("Not run") });
});

test("a result whose call is not there is left out", () => {
  expect(withoutOrphans([result("gone"), asks("a"), result("a")])).toEqual([asks("a"), result("a")]);
});
