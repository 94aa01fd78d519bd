import { ClawError, type NewAsk } from "@claw/core";
import type { AnyAsk, Asks } from "./asks.ts";
import type { GatewayErrorCode } from "./errors.ts";

/** How a turn steps aside while its call waits. */
export interface Aside {
  /** Its time stands still until the function it returns is called. */
  readonly pause: () => () => void;
  /** Its place is others' until what the function it returns answers has resolved. */
  readonly park: () => () => Promise<void>;
}

/** A call that waits for a person. */
export interface WaitingCall<One> extends Aside {
  /** Ends the wait; whether the question then goes on is for who fired it. */
  readonly signal: AbortSignal;
  /** Tells the session what it waits for. */
  readonly tell: (asked: One) => void;
}

/**
 * Asks, and waits. Rejects with the reason of `signal` when that ends the wait: a stop of the gateway leaves the
 * question for the next start, anything else takes it back.
 */
export async function untilAnswered<New extends NewAsk, One extends AnyAsk, Answer>(
  asks: Pick<Asks<New, One, Answer>, "request" | "answered" | "close">,
  ask: New,
  { signal, tell, pause, park }: WaitingCall<One>,
): Promise<One> {
  const resume = pause();
  try {
    const asked = await asks.request(ask);
    if (asked.answer !== undefined) return asked;
    tell(asked);
    const comeBack = park();
    const answered = await asks.answered(asked, signal).finally(comeBack);
    if (answered !== undefined) return answered;
    if (!ClawError.is<GatewayErrorCode>(signal.reason, "GATEWAY_STOPPING")) await asks.close(asked.id);
    throw signal.reason;
  } finally {
    resume();
  }
}
