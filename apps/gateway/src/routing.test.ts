import { parseConfig } from "@claw/config";
import type { Inbound } from "@claw/core";
import { expect, test } from "vitest";
import { routing } from "./routing.ts";

const agents = ["default", "work"] as const;
const routed = async (config: object) => routing(await parseConfig(JSON.stringify(config)), agents);
const inbound: Inbound = {
  id: "1",
  from: { channel: "telegram", account: "default", peer: "-1", kind: "group" },
  sender: { id: "42" },
  text: "Claw?",
  attachments: [],
  addressed: false,
  sentAt: new Date(0),
};

test("the configuration says who answers where", async () => {
  const { router } = await routed({
    bindings: [{ agentId: "work", match: { channel: "telegram" } }],
    messages: { groupChat: { mentionPatterns: ["\\bclaw\\b"] } },
  });
  expect(await router(inbound)).toEqual({ agent: "work", session: "agent:work:telegram:group:-1" });
  expect(await router({ ...inbound, text: "you?" })).toBeUndefined();
});

test("a group is one session, unless the configuration gives each of its members one", async () => {
  const meant = { ...inbound, addressed: true };
  const session = "agent:default:telegram:group:-1";
  expect(await (await routed({})).router(meant)).toEqual({ agent: "default", session });
  expect(await (await routed({ session: { groupScope: "per-sender" } })).router(meant)).toEqual({
    agent: "default",
    session: `${session}:sender:42`,
    own: true,
  });
});

test("an explicit fleet leaves what no binding matches to nobody", async () => {
  const meant = { ...inbound, addressed: true };
  expect(await (await routed({})).router(meant)).toMatchObject({ agent: "default" });
  expect(await (await routed({ agents: { ownership: "explicit" } })).router(meant)).toBeUndefined();
});

test("a broadcast group is a list of agents, or one with its gate", async () => {
  const { router } = await routed({
    broadcast: {
      strategy: "sequential",
      "telegram:-1": { agents: ["work", "default"], mentionGating: false },
      "telegram:-2": ["work"],
      "telegram:-3": { agents: ["work"], maxRounds: 4, maxTurns: 32 },
    },
  });
  expect(await router(inbound)).toMatchObject({
    strategy: "sequential",
    routes: [{ agent: "work" }, { agent: "default" }],
  });
  expect(await router({ ...inbound, addressed: true, from: { ...inbound.from, peer: "-2" } })).toMatchObject({
    routes: [{ agent: "work" }],
  });
  expect(await router({ ...inbound, addressed: true, from: { ...inbound.from, peer: "-3" } })).toMatchObject({
    maxRounds: 4,
    maxTurns: 32,
  });
});

test.each([
  [{ bindings: [{ agentId: "nobody", match: { channel: "x" } }] }, "bindings[0].agentId"],
  [{ broadcast: { "x:1": ["work", "nobody"] } }, 'broadcast["x:1"]'],
])("an agent that there is not is named with its place: %j", async (config, place) => {
  await expect(routed(config)).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringContaining(place),
  });
});

test.each([
  [{ broadcast: { telegram: ["work"] } }],
  [{ broadcast: { "x:1": Array.from({ length: 17 }, (_, index) => `a${index}`) } }],
  [{ broadcast: { strategy: "random" } }],
  [{ broadcast: { "x:1": { agents: ["work"], maxRounds: 5 } } }],
  [{ broadcast: { "x:1": { agents: ["work"], maxTurns: 33 } } }],
  [{ session: { reset: { mode: "idle" } } }],
  [{ messages: { groupChat: { mentionPatterns: ["("] } } }],
  [{ bindings: [{ agentId: "work", match: { channel: "x", roles: ["r"] } }] }],
])("%j is refused", async (config) => {
  await expect(routed(config)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
});

test("agents keep to their own sessions, and the bot to where it may speak, by the rule's name", async () => {
  const { policy } = await routed({
    session: { sendPolicy: { rules: [{ action: "deny", match: { channel: "x" } }] } },
  });
  const action = {
    type: "message.accept",
    principal: { id: "agent:work", kind: "agent", tenant: "local", scopes: ["write"], credential: "" },
    agent: "default",
    session: "agent:default:main",
    provenance: { origins: [], trust: "trusted", because: [] },
    input: {},
    digest: "",
  } as const;
  expect(await policy(action)).toMatchObject({ effect: "deny", rule: "tools.agentToAgent.enabled" });
  expect(await policy({ ...action, session: "agent:work:x:group:1", agent: "work" })).toMatchObject({
    rule: "session.sendPolicy.rules[0]",
  });
  expect(await policy({ ...action, agent: "work" })).toBeUndefined();
});

test("messages.queue says what becomes of a message, by its channel, its mode and whether it has to wait", async () => {
  const { queue } = await routed({
    messages: {
      queue: { mode: "collect", byChannel: { telegram: "interrupt" }, cap: 5 },
      inbound: { debounceMs: 200 },
    },
  });
  const session = "agent:work:main";
  expect(queue({ session, busy: true })).toEqual({ mode: "collect", cap: 5, drop: "summarize", quietMs: 500 });
  expect(queue({ session, busy: false })).toMatchObject({ mode: "collect", quietMs: 0 });
  expect(queue({ session, busy: true, from: inbound.from })).toMatchObject({ mode: "interrupt", quietMs: 200 });
  expect(queue({ session, busy: true, mode: "steer" })).toMatchObject({ mode: "steer", quietMs: 0 });
});
