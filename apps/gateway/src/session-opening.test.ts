import type { Principal } from "@claw/core";
import { createPeople } from "@claw/gateway";
import { expect, test } from "vitest";
import { sessionOpening } from "./session-opening.ts";

const users = {
  ada: { role: "member", token: "a", identities: ["telegram:42"] },
  bob: { role: "member", token: "b" },
};
const mayOpen = sessionOpening(createPeople({ users }));
const who = (id: string): Principal => ({ id, kind: "user", tenant: "local", scopes: ["write"], credential: "test" });

test("somebody whom a proxy signs in begins their own main session, under a name that a key escapes", () => {
  const { mainKey } = createPeople({ users });
  const bob = who("proxy:Bob");
  expect(mayOpen(bob, `agent:default:${mainKey(bob)}`)).toBe(true);
  expect(mayOpen(bob, `agent:default:openai-user:${mainKey(bob)}~x`)).toBe(true);
  expect(mayOpen(who("proxy:bo"), `agent:default:${mainKey(bob)}`)).toBe(false);
});

test.each([
  ["main", ["owner"]],
  ["main~ada", ["ada"]],
  ["main~adam", []],
  ["openai-user:x", ["owner"]],
  ["openai-user:main~bob~x", ["bob"]],
  ["openai-user:main~bo~x", []],
  ["telegram:direct:42", ["ada"]],
  ["telegram:default:direct:42", ["ada"]],
  ["telegram:direct:43", []],
  ["direct:42", []],
  ["telegram:direct:42:topic:1", ["ada"]],
  ["telegram:group:-1", []],
  ["discord:channel:7", []],
  ["notes", ["owner", "ada", "bob"]],
  ["dashboard:1", ["owner", "ada", "bob"]],
  ["openai:1", ["owner", "ada", "bob"]],
])("%s may be begun by those alone to whom its messages are routed", (rest, expected) => {
  expect(["owner", "ada", "bob"].filter((id) => mayOpen(who(id), `agent:default:${rest}`))).toEqual(expected);
});
