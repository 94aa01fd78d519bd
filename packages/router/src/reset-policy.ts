import type { Address, ResetWhen } from "@claw/core";
import { chatOf } from "./chat.ts";

/** When a session starts over. With a mode that is not `none`, `idleMinutes` counts as well: the first to come wins. */
export interface ResetRule {
  readonly mode: "none" | "daily" | "idle";
  /** Hour of the day, local time, for `daily`. Default 4. */
  readonly atHour?: number;
  readonly idleMinutes?: number;
}

export interface ResetPolicyOptions {
  /** Default: never. */
  readonly reset?: ResetRule;
  /** Goes before `reset`. */
  readonly resetByType?: Readonly<Partial<Record<"direct" | "group" | "thread", ResetRule>>>;
  /** Goes before the others. */
  readonly resetByChannel?: Readonly<Record<string, ResetRule>>;
  /** A message that is one of these, or begins with one and a space, starts its session over. */
  readonly resetTriggers?: readonly string[];
}

/** A message about to be accepted. */
export interface ResettableMessage {
  readonly session: string;
  readonly text: string;
  readonly from?: Address;
}

/** When the session starts over before a message, and what remains of the message without its trigger. */
export interface ResetDecision {
  readonly text: string;
  readonly reset?: ResetWhen;
}

const DEFAULT_HOUR = 4;

export function resetPolicy(options: ResetPolicyOptions): (message: ResettableMessage, now: Date) => ResetDecision {
  const { reset, resetByType = {}, resetByChannel = {}, resetTriggers = [] } = options;
  const triggers = resetTriggers.map((trigger) => trigger.toLowerCase());
  const channels = new Map(Object.entries(resetByChannel).map(([channel, rule]) => [channel.toLowerCase(), rule]));
  return ({ session, text, from }, now) => {
    const trimmed = text.trim();
    const said = trimmed.toLowerCase();
    const trigger = triggers.find(
      (one) => said === one || (said.startsWith(one) && /^\s/.test(said.slice(one.length))),
    );
    if (trigger !== undefined) return { text: trimmed.slice(trigger.length).trim() || trimmed, reset: "always" };
    const { channel = "", type, threaded } = chatOf(session, from);
    const byType = resetByType[threaded ? "thread" : type === "direct" ? "direct" : "group"];
    const when = resetWhen(channels.get(channel) ?? byType ?? reset, now);
    return { text, ...(when === undefined ? {} : { reset: when }) };
  };
}

function resetWhen(rule: ResetRule | undefined, now: Date): ResetWhen | undefined {
  if (rule === undefined || rule.mode === "none") return undefined;
  const { mode, atHour = DEFAULT_HOUR, idleMinutes } = rule;
  return {
    ...(mode === "daily" ? { startedBefore: lastTime(atHour, now) } : {}),
    ...(idleMinutes === undefined ? {} : { quietSince: new Date(now.getTime() - idleMinutes * 60_000) }),
  };
}

/** The last time it was `hour` o'clock. */
function lastTime(hour: number, now: Date): Date {
  const today = new Date(now);
  today.setHours(hour, 0, 0, 0);
  if (today > now) today.setDate(today.getDate() - 1);
  return today;
}
