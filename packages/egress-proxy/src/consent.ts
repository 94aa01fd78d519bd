import type { Awaitable, Clock, Logger } from "@claw/core";
import type { EgressRequest } from "./egress.ts";

/** `once`: who waits now; `session`: this host and port for the scope; `always`: for everybody, while the proxy lives. */
export type EgressConsent = "deny" | "once" | "session" | "always";

/** A request that no rule speaks of. */
export interface EgressQuestion extends EgressRequest {
  /** The rule that came nearest. */
  readonly rule: string;
  readonly reason: string;
}

/** Asks a person. Has to settle some day: until then there is no second question for the same scope, host and port. */
export type AskEgress = (question: EgressQuestion) => Awaitable<EgressConsent>;

/** What became of a question, for the one who waited. */
export type Answer =
  | { readonly allowed: true; readonly rule: string }
  | { readonly allowed: false; readonly rule: string; readonly reason: string };

export interface ConsentOptions {
  readonly ask: AskEgress;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A sandbox must not be able to bury people in questions. */
const MAX_QUESTIONS_PER_SCOPE = 5;
const MAX_REMEMBERED = 10_000;
/** For how long a no holds, and a yes that came when nobody waited any more. */
const REMEMBER_MS = 10 * 60_000;

const LATE = "a person was asked and has not answered yet; try again later";
const TOO_MANY = `${MAX_QUESTIONS_PER_SCOPE} other questions wait for a person already`;

/** Asks people about what no rule speaks of. Requests of one scope for one host and port share a question. */
export function createConsent({ ask, timeoutMs, clock, log }: ConsentOptions) {
  const open = new Map<string, { readonly scope: string; waiting: number; readonly answer: Promise<EgressConsent> }>();
  const granted = new Set<string>();
  const recent = new Map<string, { readonly answer: "deny" | "once"; readonly untilMs: number }>();

  function remembered(own: string, everybody: string): Answer | undefined {
    if (granted.has(everybody)) return { allowed: true, rule: "consent: always" };
    if (granted.has(own)) return { allowed: true, rule: "consent: session" };
    const known = recent.get(own);
    if (known === undefined || known.untilMs <= clock.monotonicMs()) return undefined;
    if (known.answer === "once") recent.delete(own);
    return answerOf(known.answer);
  }

  function begin(question: EgressQuestion, own: string, everybody: string) {
    const answer = Promise.resolve(question)
      .then(ask)
      .catch((error: unknown): EgressConsent => {
        log.error("nobody could be asked about a connection", { host: question.host, error: String(error) });
        return "deny";
      })
      .then((given) => {
        const nobodyWaits = open.get(own)?.waiting === 0;
        open.delete(own);
        if (given === "session") granted.add(own);
        if (given === "always") granted.add(everybody);
        if (given === "deny" || (given === "once" && nobodyWaits)) remember(own, given);
        return given;
      });
    const begun = { scope: question.identity.scope, waiting: 0, answer };
    open.set(own, begun);
    return begun;
  }

  function remember(own: string, answer: "deny" | "once"): void {
    const [oldest] = recent.keys();
    if (recent.size >= MAX_REMEMBERED && oldest !== undefined) recent.delete(oldest);
    recent.set(own, { answer, untilMs: clock.monotonicMs() + REMEMBER_MS });
  }

  return async (question: EgressQuestion, signal: AbortSignal): Promise<Answer> => {
    const { identity, host, port } = question;
    const own = JSON.stringify([identity.scope, host, port]);
    const everybody = JSON.stringify([host, port]);
    const known = remembered(own, everybody);
    if (known !== undefined) return known;
    const asked = [...open.values()].filter(({ scope }) => scope === identity.scope).length;
    if (!open.has(own) && asked >= MAX_QUESTIONS_PER_SCOPE) return refused(TOO_MANY);
    const shared = open.get(own) ?? begin(question, own, everybody);

    const { promise: left, resolve: leave } = Promise.withResolvers<undefined>();
    const giveUp = (): void => leave(undefined);
    const cancel = clock.after(timeoutMs, giveUp);
    signal.addEventListener("abort", giveUp, { once: true });
    if (signal.aborted) giveUp();
    shared.waiting++;
    try {
      const answer = await Promise.race([shared.answer, left]);
      return answer === undefined ? refused(LATE) : answerOf(answer);
    } finally {
      shared.waiting--;
      cancel();
      signal.removeEventListener("abort", giveUp);
    }
  };
}

const refused = (reason: string): Answer => ({ allowed: false, rule: "consent", reason });

function answerOf(answer: EgressConsent): Answer {
  return answer === "deny" ? refused("a person was asked and said no") : { allowed: true, rule: `consent: ${answer}` };
}
