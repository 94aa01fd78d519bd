import { ClawError } from "@claw/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resolveSessionKey, sessionResolver } from "./resolve-session-key.ts";
import { formatSessionKey, parseSessionKey, type SessionKey } from "./session-key.ts";

const agent = "main";

describe("a session key", () => {
  test.each<[SessionKey, string]>([
    [{ agent, kind: "main" }, "agent:main:main"],
    [{ agent, kind: "direct", peer: "42" }, "agent:main:direct:42"],
    [{ agent, kind: "direct", channel: "telegram", peer: "42" }, "agent:main:telegram:direct:42"],
    [{ agent, kind: "direct", channel: "telegram", account: "work", peer: "42" }, "agent:main:telegram:work:direct:42"],
    [{ agent, kind: "group", channel: "telegram", peer: "-100" }, "agent:main:telegram:group:-100"],
    [
      { agent, kind: "channel", channel: "slack", peer: "c1", thread: "17.5" },
      "agent:main:slack:channel:c1:thread:17.5",
    ],
    [{ agent, kind: "group", channel: "telegram", peer: "-100", topic: "9" }, "agent:main:telegram:group:-100:topic:9"],
    [
      { agent, kind: "group", channel: "telegram", peer: "-100", sender: "42" },
      "agent:main:telegram:group:-100:sender:42",
    ],
    [
      { agent, kind: "channel", channel: "slack", peer: "c1", thread: "17.5", sender: "u7" },
      "agent:main:slack:channel:c1:thread:17.5:sender:u7",
    ],
    [{ agent, kind: "explicit", name: "notes" }, "agent:main:explicit:notes"],
    [{ agent, kind: "openai", name: "0f-1" }, "agent:main:openai:0f-1"],
    [{ agent, kind: "openai-user", name: "a@b.c" }, "agent:main:openai-user:a@b.c"],
    [{ agent, kind: "dashboard", name: "x" }, "agent:main:dashboard:x"],
    [{ agent, kind: "named", name: "tui-1" }, "agent:main:tui-1"],
  ])("%j is written %s and read back", (key, text) => {
    expect(formatSessionKey(key)).toBe(text);
    expect(parseSessionKey(text)).toEqual(key);
    expect(parseSessionKey(text.toUpperCase())).toEqual(key);
  });

  test.each([
    ["a:direct:b", "a%3adirect%3ab"],
    ["..", "%2e%2e"],
    ["../../etc/passwd", "..%2f..%2fetc%2fpasswd"],
    ["Jörg 😀", "j%c3%b6rg%20%f0%9f%98%80"],
    ["\u0000\n", "%00%0a"],
    ["me+tag@Example.com", "me+tag@example.com"],
    ["%3a", "%253a"],
    ["\u212A", "%e2%84%aa"],
  ])("a peer %j stays one part", (peer, encoded) => {
    expect(formatSessionKey({ agent, kind: "direct", channel: "x", peer })).toBe(`agent:main:x:direct:${encoded}`);
  });

  test.each([
    "",
    "agent",
    "agent:main",
    "agent:main:",
    "agent::main",
    "agent:../x:main",
    "agent:main:direct:",
    "agent:main:x:direct",
    "agent:main:x:direct:a:b",
    "agent:main:x:direct:a:thread",
    "agent:main:x:group:a:topic",
    "agent:main:x:group:a:topic:1:thread:2",
    "agent:main:group:a",
    "agent:main:x:group:a:sender",
    "agent:main:x:group:a:sender:1:thread:2",
    "agent:main:x:group:a:sender:1:sender:2",
    "agent:main:x:direct:a:sender:1",
    "agent:main:sender",
    "agent:main:a:b:group:c",
    "agent:main:a:b:c:direct:d",
    "agent:main:%zz",
    "agent:main:%c3",
    "agent:main:subagent:1",
    "agent:main:cron",
    "agent:main:cron:direct:1",
    "agent:main:a:b",
    `agent:main:${"x".repeat(300)}`,
    "x".repeat(1_000_000),
  ])("%.40j is refused", (text) => {
    expect(() => parseSessionKey(text)).toThrow(expect.objectContaining({ code: "ROUTER_SESSION_KEY" }));
  });

  test.each<[SessionKey, string]>([
    [{ agent: "Main", kind: "main" }, "ROUTER_AGENT_ID"],
    [{ agent: "a:b", kind: "main" }, "ROUTER_AGENT_ID"],
    [{ agent, kind: "direct", peer: "" }, "ROUTER_SESSION_KEY"],
    [{ agent, kind: "direct", peer: "\ud800" }, "ROUTER_SESSION_KEY"],
    [{ agent, kind: "direct", peer: "x".repeat(257) }, "ROUTER_SESSION_KEY"],
    [{ agent, kind: "direct", channel: "direct", peer: "x" }, "ROUTER_SESSION_KEY"],
    [{ agent, kind: "direct", account: "work", peer: "x" }, "ROUTER_SESSION_KEY"],
    [{ agent, kind: "direct", peer: "x", thread: "1", topic: "1" }, "ROUTER_SESSION_KEY"],
    [{ agent, kind: "named", name: "Main" }, "ROUTER_SESSION_KEY"],
  ])("%j can't be written", (key, code) => {
    expect(() => formatSessionKey(key)).toThrow(expect.objectContaining({ code }));
  });
});

describe("over any ids", () => {
  const id = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,20}$/);
  const words = [
    "main",
    "direct",
    "group",
    "channel",
    "thread",
    "topic",
    "sender",
    "explicit",
    "openai",
    "openai-user",
    "dashboard",
  ];
  const name = id.filter((text) => ![...words, "subagent", "cron", "acp", "hook"].includes(text));
  const hostile = fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 15 }),
    fc.constantFrom("direct", "group", "thread", "sender", "..", ":", "a:direct:b", "%2e", "main", "/", "agent:x:main"),
  );
  const part = hostile.map((text) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()));
  const thread = fc.oneof(
    fc.constant({}),
    part.map((text) => ({ thread: text })),
    part.map((text) => ({ topic: text })),
  );
  const key: fc.Arbitrary<SessionKey> = fc.oneof(
    fc.record({ agent: id, kind: fc.constant("main" as const) }),
    fc.record({ agent: id, kind: fc.constantFrom("explicit" as const, "openai", "dashboard"), name: part }),
    fc.record({ agent: id, kind: fc.constant("named" as const), name }),
    fc
      .record({ agent: id, kind: fc.constantFrom("group" as const, "channel"), channel: name, peer: part })
      .chain((base) =>
        fc
          .tuple(thread, fc.oneof(fc.constant({}), fc.record({ sender: part })))
          .map(([within, own]) => ({ ...base, ...within, ...own })),
      ),
    fc
      .tuple(
        fc.record({ agent: id, kind: fc.constant("direct" as const), peer: part }),
        fc.oneof(fc.constant({}), fc.record({ channel: name }), fc.record({ channel: name, account: name })),
        thread,
      )
      .map(([base, scope, more]) => ({ ...base, ...scope, ...more })),
  );

  test("a key is read back as it was written, in characters that are safe anywhere", () => {
    fc.assert(
      fc.property(key, (one) => {
        const text = formatSessionKey(one);
        expect(text).toMatch(/^agent(?::(?!\.+(?::|$))[a-z0-9%._~@+=-]+)+$/);
        expect(parseSessionKey(text)).toEqual(one);
        expect(resolveSessionKey(text, { defaultAgent: "other" })).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  test("two keys are written alike only when they are the same", () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        expect(formatSessionKey(a) === formatSessionKey(b)).toBe(
          JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)),
        );
      }),
    );
  });

  test("any text resolves to a key that resolves to itself, or is refused with a code", () => {
    const text = fc.oneof(
      hostile,
      fc.array(hostile, { maxLength: 6 }).map((parts) => `agent:${parts.join(":")}`),
    );
    fc.assert(
      fc.property(text, (input) => {
        try {
          const once = resolveSessionKey(input, { defaultAgent: agent });
          expect(resolveSessionKey(once, { defaultAgent: "other" })).toBe(once);
        } catch (error) {
          expect(ClawError.is(error, "ROUTER_SESSION_KEY")).toBe(true);
        }
      }),
    );
  });
});

function sorted(key: SessionKey): unknown {
  return Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1));
}

describe("resolveSessionKey", () => {
  test.each([
    ["main", "agent:coder:main"],
    [" MAIN ", "agent:coder:main"],
    ["my-notes", "agent:coder:my-notes"],
    ["telegram:direct:42", "agent:coder:telegram:direct:42"],
    ["agent:main:main", "agent:main:main"],
    ["Agent:Main:Telegram:Direct:ABC", "agent:main:telegram:direct:abc"],
    ["agent:main:x:direct:Jörg", "agent:main:x:direct:j%c3%b6rg"],
  ])("%j is %s", (input, expected) => {
    expect(resolveSessionKey(input, { defaultAgent: "coder" })).toBe(expected);
  });
});

test.each([
  [undefined, undefined, "agent:coder:main"],
  [undefined, "Main", "agent:main:main"],
  ["main", "main", "agent:main:main"],
  ["agent:main:notes", undefined, "agent:main:notes"],
  ["agent:main:main", "coder", undefined],
  ["agent:main:cron:1", undefined, undefined],
  ["main", "../x", undefined],
])("a client that asks for session %j of agent %j gets %j", (key, agent, session) => {
  const route = sessionResolver({ defaultAgent: "coder" })(key, agent);
  expect(route).toEqual(session && { agent: session.split(":")[1], session });
});
