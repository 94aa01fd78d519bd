import {
  type Action,
  type Address,
  type Audit,
  type Clock,
  digestOf,
  type Journal,
  type Policy,
  type Principal,
  type Route,
} from "@claw/core";
import { decide, refusal } from "./gate.ts";
import { spokenBy } from "./methods/submit.ts";
import type { Outbox } from "./outbox.ts";

interface Message {
  readonly to: Address;
  readonly text: string;
  /** The same key of the same principal is the same message. */
  readonly idempotencyKey: string;
}

/**
 * Queues a message to a channel's address in the name of a principal, under the rules of an agent. Rejects with
 * `GATEWAY_REFUSED` when policy does not allow it, with `STORE_CONFLICT` when the key was used for another message.
 */
export type SendMessage = (
  principal: Principal,
  route: Pick<Route, "agent" | "session">,
  message: Message,
) => ReturnType<Journal["send"]>;

export interface SendOptions {
  readonly policy: Policy;
  readonly audit: Audit;
  readonly journal: Pick<Journal, "send">;
  readonly outbox: Pick<Outbox, "wake">;
  readonly clock: Clock;
}

export function createSendMessage({ policy, audit, journal, outbox, clock }: SendOptions): SendMessage {
  return async (principal, { agent, session }, { to, text, idempotencyKey }) => {
    const input = { to, text };
    const provenance = spokenBy(principal);
    const action: Action = {
      ...{ type: "message.send", principal, agent, session, provenance, input },
      digest: digestOf(input),
    };
    const decision = await decide(policy, action);
    const record = await audit.intent(action, decision);
    if (decision.effect !== "allow") throw refusal(decision);

    const beganMs = clock.monotonicMs();
    const outcome = (ok: boolean, summary: string) =>
      record.outcome({ ok, summary, durationMs: clock.monotonicMs() - beganMs });
    // The sender is part of the key: nobody learns from theirs what others have sent.
    const key = JSON.stringify(["send", principal.tenant, principal.id, idempotencyKey]);
    const sent = await journal.send(session, { key, to, message: { text } }).catch(async (error: unknown) => {
      await outcome(false, "not queued");
      throw error;
    });
    await outcome(true, sent.repeat ? "queued before" : "queued");
    outbox.wake();
    return sent;
  };
}
