import { expect, test } from "vitest";
import { EVENT_NAMES, eventScope, mayReceive } from "./events.ts";
import { SCOPES, satisfies } from "./scopes.ts";

test("admin satisfies every scope", () => {
  for (const scope of SCOPES) expect(satisfies(["operator.admin"], scope)).toBe(true);
});

test("write satisfies itself, read, talk and sessions, and nothing else", () => {
  expect(SCOPES.filter((scope) => satisfies(["operator.write"], scope))).toEqual([
    "operator.read",
    "operator.write",
    "operator.talk",
    "operator.sessions.read",
    "operator.sessions.write",
  ]);
});

test("read satisfies itself and reading sessions", () => {
  expect(SCOPES.filter((scope) => satisfies(["operator.read"], scope))).toEqual([
    "operator.read",
    "operator.sessions.read",
  ]);
});

test("a name outside the closed set grants nothing", () => {
  for (const scope of SCOPES)
    expect(satisfies(["admin", "operator.*", "__proto__", "toString", ""], scope)).toBe(false);
});

test("every event that may be broadcast has an audience", () => {
  for (const name of EVENT_NAMES) expect(eventScope(name)).toBeDefined();
});

test("a client without scopes gets the events for everyone alone", () => {
  expect(EVENT_NAMES.filter((name) => mayReceive([], name))).toEqual(["tick", "health", "shutdown"]);
});

test("nobody gets an unknown event, nor a second challenge", () => {
  for (const name of ["plugin.secret", "connect.challenge", "toString", "__proto__", ""]) {
    expect(mayReceive(["operator.admin"], name)).toBe(false);
  }
});
