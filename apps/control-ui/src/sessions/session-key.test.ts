import { expect, test } from "vitest";
import { newId } from "../ui/new-id.ts";
import { newSessionKey, titleOf } from "./session-key.ts";
import { sessionInHash } from "./use-session-key.ts";

test("a new chat has a key of its own under its agent", () => {
  expect(newSessionKey("main", newId)).toMatch(/^agent:main:dashboard:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab]/);
  expect(newId()).not.toBe(newId());
});

test("a chat is called after its first words", () => {
  expect(titleOf({ key: "k", isMain: true, derivedTitle: "Plan the week" })).toBe("Plan the week");
  expect(titleOf({ key: "k", isMain: true })).toBe("Main chat");
  expect(titleOf({ key: "k", isMain: false, derivedTitle: " " })).toBe("Untitled chat");
  expect(titleOf(undefined)).toBe("New chat");
});

test("the address bar names the chat", () => {
  expect(sessionInHash("#session=agent%3Amain%3Amain")).toBe("agent:main:main");
  expect(sessionInHash("#session=")).toBeUndefined();
  expect(sessionInHash("")).toBeUndefined();
});
