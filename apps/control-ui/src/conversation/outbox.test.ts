import { expect, test } from "vitest";
import { tabOutbox } from "./outbox.ts";

function memory() {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
}
const waiting = { runId: "r1", text: "hello", sentAtMs: 1, state: "waiting" } as const;

test("keeps what the gateway does not have, and nothing else", () => {
  const storage = memory();
  const outbox = tabOutbox(storage);
  outbox.write("s", [waiting, { ...waiting, runId: "r2", state: "accepted" }]);
  expect(outbox.read("s")).toMatchObject([{ runId: "r1", text: "hello", sentAtMs: 1 }]);
  expect(outbox.read("another")).toEqual([]);
  outbox.write("s", []);
  expect(storage.items.size).toBe(0);
});

test("takes rubbish in storage for nothing", () => {
  const storage = memory();
  for (const rubbish of ["{", "7", '[null, {"runId": 1}]']) {
    storage.setItem("claw.outbox.s", rubbish);
    expect(tabOutbox(storage).read("s")).toEqual([]);
  }
});

test("goes on without storage", () => {
  const full = {
    ...memory(),
    setItem: () => {
      throw new Error("full");
    },
  };
  expect(() => tabOutbox(full).write("s", [waiting])).not.toThrow();
});
