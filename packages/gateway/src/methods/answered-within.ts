import type { Clock, NewAsk } from "@claw/core";
import type { AnyAsk, Asks } from "../asks.ts";

/** What was asked with its answer, or as it is when the time is over. */
export async function answeredWithin<New extends NewAsk, One extends AnyAsk, Answer>(
  asks: Pick<Asks<New, One, Answer>, "answered">,
  asked: One,
  timeoutMs: number,
  clock: Clock,
): Promise<One> {
  const late = new AbortController();
  const cancel = clock.after(timeoutMs, () => late.abort());
  return (await asks.answered(asked, late.signal).finally(cancel)) ?? asked;
}
