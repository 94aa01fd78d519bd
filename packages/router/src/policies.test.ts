import { type Action, type Address, digestOf } from "@claw/core";
import { describe, expect, test } from "vitest";
import { type ResetPolicyOptions, resetPolicy } from "./reset-policy.ts";
import { type SendPolicyOptions, sendPolicy } from "./send-policy.ts";

const group: Address = { channel: "telegram", account: "default", peer: "-1", kind: "group" };

describe("sendPolicy", () => {
  const accept = (session: string, from?: Address, type: Action["type"] = "message.accept"): Action => ({
    type,
    principal: { id: "ada", kind: "contact", tenant: "local", scopes: ["write"], credential: "test" },
    agent: "main",
    session,
    provenance: { origins: ["contact"], trust: "untrusted", because: [] },
    input: from === undefined ? {} : { from },
    digest: digestOf({}),
  });
  const ruleOf = async (options: SendPolicyOptions, action: Action) => (await sendPolicy(options)(action))?.rule;

  test("the first rule that denies wins, whatever allows before it", async () => {
    const rules = [
      { action: "allow" },
      { action: "deny", match: { channel: "Telegram", chatType: "group" } },
      { action: "deny", match: { keyPrefix: "agent:main:telegram:" } },
    ] as const;
    expect(await ruleOf({ rules }, accept("agent:main:telegram:group:-1"))).toBe("session.sendPolicy.rules[1]");
    expect(await ruleOf({ rules }, accept("agent:main:telegram:direct:1"))).toBe("session.sendPolicy.rules[2]");
    expect(await ruleOf({ rules }, accept("agent:main:main"))).toBeUndefined();
  });

  test("a message's own address says where it is from when its session does not", async () => {
    const rules = [{ action: "deny", match: { channel: "telegram" } }] as const;
    expect(await ruleOf({ rules }, accept("agent:main:main", group))).toBe("session.sendPolicy.rules[0]");
    expect(await ruleOf({ rules }, accept("agent:main:main"))).toBeUndefined();
  });

  test("what no rule names goes by the default", async () => {
    const rules = [{ action: "allow", match: { chatType: "direct" } }] as const;
    expect(await ruleOf({ default: "deny", rules }, accept("agent:main:slack:channel:c"))).toBe(
      "session.sendPolicy.default",
    );
    expect(await ruleOf({ default: "deny", rules }, accept("agent:main:tui-1"))).toBeUndefined();
    expect(await ruleOf({ default: "deny" }, accept("not a key", undefined, "message.send"))).toBeDefined();
  });

  test("it has no opinion about tools", async () => {
    expect(await ruleOf({ default: "deny" }, accept("agent:main:main", group, "tool.call"))).toBeUndefined();
  });
});

describe("resetPolicy", () => {
  const noon = new Date(2026, 2, 10, 12);
  const decide = (options: ResetPolicyOptions, session: string, text = "hi", from?: Address, now = noon) =>
    resetPolicy(options)({ session, text, ...(from === undefined ? {} : { from }) }, now);

  test("a session is never reset where nothing says so", () => {
    expect(decide({}, "agent:main:main")).toEqual({ text: "hi" });
    expect(decide({ reset: { mode: "none", idleMinutes: 5 } }, "agent:main:main")).toEqual({ text: "hi" });
  });

  test.each([
    [12, new Date(2026, 2, 10, 12)],
    [13, new Date(2026, 2, 9, 13)],
    [undefined, new Date(2026, 2, 10, 4)],
  ])("daily at %s: what began before the last time it was that late", (atHour, startedBefore) => {
    const reset = { mode: "daily", ...(atHour === undefined ? {} : { atHour }) } as const;
    expect(decide({ reset }, "agent:main:main").reset).toEqual({ startedBefore });
  });

  test("the first to expire wins, so both are asked for where both are set", () => {
    const quietSince = new Date(2026, 2, 10, 11, 30);
    expect(decide({ reset: { mode: "idle", idleMinutes: 30 } }, "agent:main:main").reset).toEqual({ quietSince });
    expect(decide({ reset: { mode: "daily", idleMinutes: 30 } }, "agent:main:main").reset).toEqual({
      startedBefore: new Date(2026, 2, 10, 4),
      quietSince,
    });
  });

  test("a channel's rule goes before its type's, and that before the base", () => {
    const rule = (idleMinutes: number) => ({ mode: "idle", idleMinutes }) as const;
    const options: ResetPolicyOptions = {
      reset: rule(1),
      resetByType: { group: rule(2), thread: rule(3), direct: { mode: "none" } },
      resetByChannel: { Discord: rule(4) },
    };
    const minutes = (session: string, from?: Address): number | undefined => {
      const { reset } = decide(options, session, "hi", from);
      return typeof reset === "object" ? (noon.getTime() - Number(reset.quietSince)) / 60_000 : undefined;
    };
    expect(minutes("agent:main:telegram:group:-1")).toBe(2);
    expect(minutes("agent:main:telegram:group:-1:topic:9")).toBe(3);
    expect(minutes("agent:main:discord:channel:c")).toBe(4);
    expect(minutes("agent:main:main")).toBeUndefined();
    expect(minutes("agent:main:main", group)).toBe(2);
  });

  test.each([
    ["/fresh", { text: "/fresh", reset: "always" }],
    [" /FRESH start\nnow ", { text: "start\nnow", reset: "always" }],
    ["/freshly", { text: "/freshly" }],
    ["a /fresh start", { text: "a /fresh start" }],
  ])("the trigger in %j is read as %j", (text, expected) => {
    expect(decide({ resetTriggers: ["/fresh"] }, "agent:main:main", text)).toEqual(expected);
  });
});
