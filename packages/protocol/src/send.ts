import { z } from "zod";
import type { MethodSpecs } from "./method-spec.ts";
import { FOREIGN, idempotencyKey, identifier } from "./params.ts";

const sendParams = z.strictObject({
  to: identifier.describe("Id of the person or group on its platform."),
  message: z.string().min(1).max(65_536).describe("CommonMark."),
  channel: identifier.optional().describe("May only be absent where there is one channel."),
  accountId: identifier.optional().describe("Default `default`."),
  threadId: identifier.optional(),
  kind: z.enum(["direct", "group", "channel"]).optional().describe("What `to` is. Default `direct`. Claw's own key."),
  agentId: identifier.optional().describe("Whose rules it is sent under. Default: the agent that answers the caller."),
  idempotencyKey: idempotencyKey.describe("The same key of the same caller is the same message, for ever."),
  sessionKey: FOREIGN,
  mediaUrl: FOREIGN,
  mediaUrls: FOREIGN,
  gifPlayback: FOREIGN,
});

/** It is written down to be sent, again and again if need be, and a restart does not lose it. */
export interface Sent {
  readonly ok: true;
  readonly status: "queued";
  readonly channel: string;
  /** The key was used before for this very message; nothing was queued. */
  readonly repeat: boolean;
}

export interface SendResults {
  readonly send: Sent;
}

export const sendMethods = {
  send: {
    summary: "Sends a message to an address of a channel, without an agent; it is queued when this answers.",
    params: sendParams,
    scope: "operator.write",
    example: { channel: "telegram", to: "42", message: "Dinner is ready.", idempotencyKey: "dinner-1" },
  },
} as const satisfies MethodSpecs<SendResults>;
