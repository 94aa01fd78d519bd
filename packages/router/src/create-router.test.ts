import type { Inbound } from "@claw/core";
import { describe, expect, test } from "vitest";
import { createRouter, type RouterOptions } from "./create-router.ts";

const inbound = (from: Partial<Inbound["from"]> = {}, more: Partial<Inbound> = {}): Inbound => ({
  id: "1",
  from: { channel: "telegram", account: "default", peer: "42", kind: "direct", ...from },
  sender: { id: "42" },
  text: "hi",
  attachments: [],
  addressed: true,
  sentAt: new Date(0),
  ...more,
});
const route = (options: RouterOptions, message: Inbound) => createRouter({ defaultAgent: "main", ...options })(message);
const group = { kind: "group", peer: "-1" } as const;

test.each([
  ["main", "agent:main:main"],
  ["per-peer", "agent:main:direct:42"],
  ["per-channel-peer", "agent:main:telegram:direct:42"],
  ["per-account-channel-peer", "agent:main:telegram:default:direct:42"],
] as const)("with the scope %s a direct message goes to %s", async (dmScope, session) => {
  expect(await route({ dmScope }, inbound())).toEqual({ agent: "main", session });
});

test.each([
  [group, "agent:main:telegram:group:-1"],
  [{ ...group, thread: "9" }, "agent:main:telegram:group:-1:topic:9"],
  [{ kind: "channel", channel: "slack", peer: "c1", thread: "17.5" }, "agent:main:slack:channel:c1:thread:17.5"],
] as const)("%j has a session of its own, whatever the scope", async (from, session) => {
  expect(await route({ dmScope: "main" }, inbound(from))).toEqual({ agent: "main", session });
});

describe("a group that is one session for each of its members", () => {
  const groupScope = "per-sender";

  test("is as many sessions as it has members, each of them its member's own", async () => {
    expect(await route({ groupScope }, inbound(group))).toEqual({
      agent: "main",
      session: "agent:main:telegram:group:-1:sender:42",
      own: true,
    });
    expect(await route({ groupScope }, inbound({ ...group, thread: "9" }, { sender: { id: "Eve" } }))).toMatchObject({
      session: "agent:main:telegram:group:-1:topic:9:sender:eve",
    });
    expect(await route({ groupScope }, inbound())).toEqual({ agent: "main", session: "agent:main:telegram:direct:42" });
  });

  test("knows one who speaks there with two accounts by their one name", async () => {
    const identityLinks = { Ada: ["telegram:42", "telegram:43"] };
    for (const id of ["42", "43"]) {
      expect(await route({ groupScope, identityLinks }, inbound(group, { sender: { id } }))).toMatchObject({
        session: "agent:main:telegram:group:-1:sender:ada",
        person: "ada",
      });
    }
  });

  test("may be so by a binding alone", async () => {
    const bindings = [{ agentId: "work", match: { channel: "telegram" }, session: { groupScope } }] as const;
    expect(await route({ bindings }, inbound(group))).toMatchObject({ own: true });
    expect(await route({ bindings }, inbound({ ...group, channel: "slack" }))).not.toHaveProperty("own");
  });
});

describe("identity links", () => {
  const identityLinks = { Ada: ["telegram:42", "discord:77"], eve: ["telegram:42"] };

  test("make one person of several accounts, under every scope but main", async () => {
    const fromDiscord = inbound({ channel: "discord", peer: "77" });
    const session = "agent:main:direct:ada";
    expect(await route({ identityLinks, dmScope: "per-peer" }, inbound())).toMatchObject({ session, person: "ada" });
    expect(await route({ identityLinks, dmScope: "per-peer" }, fromDiscord)).toMatchObject({ session, person: "ada" });
    expect(await route({ identityLinks, dmScope: "main" }, inbound())).toEqual({
      agent: "main",
      session: "agent:main:main",
    });
  });

  test("say who speaks in a group, and not where", async () => {
    expect(await route({ identityLinks }, inbound(group))).toEqual({
      agent: "main",
      session: "agent:main:telegram:group:-1",
      person: "ada",
    });
  });
});

describe("the mention gate", () => {
  const unaddressed = (text: string) => inbound(group, { addressed: false, text });
  const mentionPatterns = ["\\bclaw\\b", "^hey bot"];

  test.each([
    ["Claw, what time is it?", true],
    ["ask the CLAW", true],
    ["hey bot!", true],
    ["clawing along", false],
    ["nothing of the kind", false],
    [`${"x".repeat(2_000)} claw`, false],
  ])("of a group's message %.30j lets pass what names the bot", async (text, passes) => {
    expect((await route({ mentionPatterns }, unaddressed(text))) !== undefined).toBe(passes);
  });

  test("lets pass replies to the bot, mentions and direct messages without a pattern", async () => {
    expect(await route({}, inbound(group))).toBeDefined();
    expect(await route({}, inbound({}, { addressed: false }))).toBeDefined();
    expect(await route({}, unaddressed("hello"))).toBeUndefined();
  });

  test("reads little enough that a pattern which backtracks holds nobody up", async () => {
    // Over the whole text it would take days.
    expect(await route({ mentionPatterns: ["(a|b)*c$"] }, unaddressed("ab".repeat(2_000_000)))).toBeUndefined();
  });
});

describe("bindings", () => {
  const bindings = [
    { agentId: "work", match: { channel: "telegram" }, session: { dmScope: "main" } },
    { agentId: "coder", match: { channel: "slack", accountId: "*" } },
  ] as const;

  test("choose the agent, and the scope where they say one", async () => {
    expect(await route({ bindings }, inbound())).toEqual({ agent: "work", session: "agent:work:main" });
    expect(await route({ bindings }, inbound({ channel: "slack" }))).toMatchObject({ agent: "coder" });
  });

  test("leave the rest to the default agent, and to nobody where there is none", async () => {
    const other = inbound({ channel: "irc" });
    expect(await route({ bindings }, other)).toMatchObject({ agent: "main" });
    expect(await createRouter({ bindings })(other)).toBeUndefined();
  });
});

describe("a broadcast group", () => {
  const broadcast = {
    strategy: "sequential",
    groups: { "telegram:-1": { agents: ["a", "b"] }, "telegram:-2": { agents: ["a"], mentionGating: false } },
  } as const;
  const bindings = [{ agentId: "c", match: { channel: "telegram" } }];

  test("is answered by all of its agents, before any binding", async () => {
    expect(await route({ broadcast, bindings }, inbound(group))).toEqual({
      strategy: "sequential",
      routes: [
        { agent: "a", session: "agent:a:telegram:group:-1" },
        { agent: "b", session: "agent:b:telegram:group:-1" },
      ],
    });
    expect(await route({ broadcast, bindings }, inbound({ ...group, peer: "-3" }))).toMatchObject({ agent: "c" });
    const bounds = { maxRounds: 2, maxTurns: 3 };
    const talking = { groups: { "telegram:-1": { ...broadcast.groups["telegram:-1"], ...bounds } } };
    expect(await route({ broadcast: talking }, inbound(group))).toMatchObject({ strategy: "parallel", ...bounds });
  });

  test("hears what does not name the bot only where its gate is open", async () => {
    expect(await route({ broadcast }, inbound(group, { addressed: false }))).toBeUndefined();
    expect(await route({ broadcast }, inbound({ ...group, peer: "-2" }, { addressed: false }))).toBeDefined();
  });
});
