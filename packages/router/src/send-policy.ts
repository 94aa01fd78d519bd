import type { Action, Address, Policy } from "@claw/core";
import { chatOf } from "./chat.ts";

export interface SendRule {
  readonly action: "allow" | "deny";
  /** All fields that are given must fit. */
  readonly match?: {
    readonly channel?: string;
    readonly chatType?: "direct" | "group" | "channel";
    readonly keyPrefix?: string;
  };
}

export interface SendPolicyOptions {
  /** Where no rule matches. Default `allow`. */
  readonly default?: "allow" | "deny";
  readonly rules?: readonly SendRule[];
}

/**
 * Where the bot may speak: a conversation that is denied is neither read nor answered. The first rule that denies wins,
 * whatever stands before it. Has no opinion where speaking is allowed, nor about anything but messages.
 */
export function sendPolicy({ default: fallback = "allow", rules = [] }: SendPolicyOptions): Policy {
  return (action) => {
    if (action.type !== "message.accept" && action.type !== "message.send") return undefined;
    const matching = rules.map((rule, index) => ({ ...rule, index })).filter(({ match }) => fits(match, action));
    const denying = matching.find((rule) => rule.action === "deny");
    if (denying !== undefined) return denied(`session.sendPolicy.rules[${denying.index}]`);
    return matching.length === 0 && fallback === "deny" ? denied("session.sendPolicy.default") : undefined;
  };
}

function fits(
  { channel, chatType, keyPrefix }: NonNullable<SendRule["match"]> = {},
  { session, input }: Action,
): boolean {
  const chat = chatOf(session, input["from"] as Address | undefined);
  return (
    (channel === undefined || channel.toLowerCase() === chat.channel) &&
    (chatType === undefined || chatType === chat.type) &&
    (keyPrefix === undefined || session.startsWith(keyPrefix.toLowerCase()))
  );
}

function denied(rule: string) {
  return { effect: "deny", rule, reason: `the bot does not speak in this conversation; see ${rule}` } as const;
}
