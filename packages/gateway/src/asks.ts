import {
  type Asked,
  type AskLedger,
  type ClawError,
  type Clock,
  type Logger,
  type NewAsk,
  type OwnAsks,
  type Principal,
  RateLimitedError,
} from "@claw/core";
import type { Audiences } from "./audiences.ts";
import type { GatewayErrorCode } from "./errors.ts";

/** What is asked of people, of one kind, and those who wait for the answers. */
export interface Asks<New extends NewAsk, One, Answer> {
  /** Asks, or finds what was asked before; people are told once. Rejects with `GATEWAY_BUSY` when too much waits. */
  request(ask: New): Promise<One>;
  /** What was asked with its answer; `undefined` when `signal` fires first. */
  answered(asked: One, signal: AbortSignal): Promise<One | undefined>;
  /** See `OwnAsks.answer`. */
  answer(principal: Principal, id: string, answer: Answer): ReturnType<OwnAsks<One, Answer>["answer"]>;
  /** Nobody waits for the answer any more. */
  close(id: string): Promise<void>;
  /** Takes up what a restart found waiting: its time may be over. Forgets what was answered long ago, now and later. */
  start(): Promise<void>;
  /** Nothing ends for want of an answer any more. */
  stop(): void;
}

export type AnyAsk = Asked<NewAsk, object>;

/** Where it is asked. */
export interface AskSite<One> {
  readonly audiences: Pick<Audiences, "hold" | "release">;
  readonly clock: Clock;
  readonly log: Logger;
  /** Tells people what is asked, and later what was answered. */
  readonly tell: (event: "requested" | "resolved", asked: One) => void;
}

export interface AsksOptions<New extends NewAsk, One, Answer> extends AskSite<One> {
  readonly ledger: AskLedger<New, One>;
  readonly own: (principal: Principal) => OwnAsks<One, Answer>;
}

/** What waits of one person, and of all: each is a turn in memory, and a line that somebody has to read. */
const MAX_PENDING_PER_PERSON = 50;
const MAX_PENDING = 1_000;
const BUSY_RETRY_MS = 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** Long enough to look something up; what has to be kept for good is in the audit. */
const RETENTION_MS = 30 * DAY_MS;

interface Waiting<One> {
  readonly asked: One;
  readonly cancel: () => void;
  readonly waiters: Set<(asked: One) => void>;
  /** It is known who may be told. */
  readonly held: Promise<void>;
}

export function createAsks<New extends NewAsk, One extends AnyAsk, Answer>(
  options: AsksOptions<New, One, Answer>,
): Asks<New, One, Answer> {
  const { ledger, own, audiences, clock, log, tell } = options;
  const waiting = new Map<string, Waiting<One>>();
  /** On their way to the store, and what was settled while they were: the store may have found it waiting before. */
  const coming = new Set<NewAsk>();
  const overtaken = new Map<string, One>();
  let cancelForgetting = (): void => {};

  function settle(asked: One): void {
    const known = waiting.get(asked.id);
    waiting.delete(asked.id);
    if (coming.size > 0) overtaken.set(asked.id, asked);
    known?.cancel();
    tell("resolved", asked);
    if (known !== undefined) audiences.release(asked.session);
    for (const resolve of known?.waiters ?? []) resolve(asked);
  }

  async function close(id: string): Promise<void> {
    if (waiting.has(id)) settle(await ledger.close(id));
  }

  function watch(asked: One): void {
    const { id, createdAt, expiresAt, session } = asked;
    const expire = (): void =>
      void close(id).catch((error: unknown) =>
        log.error("what nobody answered could not be closed", { id, error: String(error) }),
      );
    // Asked at a time yet to come: the clock was set back, which makes nobody wait for longer than was said.
    const nowMs = Math.max(clock.now().getTime(), createdAt.getTime());
    const cancel = clock.after(Math.max(0, expiresAt.getTime() - nowMs), expire);
    waiting.set(id, { asked, cancel, waiters: new Set(), held: audiences.hold(session) });
  }

  /** One that a restart takes up again waits already, and takes no room. */
  function checkRoom({ principal, run, call, digest }: NewAsk): void {
    const all = [...waiting.values()].map(({ asked }) => asked);
    const isKnown = all.some(
      (one) => run !== undefined && one.run === run && one.call === call && one.digest === digest,
    );
    if (isKnown) return;
    const mine =
      all.filter(({ owner }) => owner === principal.id).length +
      [...coming].filter((one) => one.principal.id === principal.id).length;
    if (mine >= MAX_PENDING_PER_PERSON) throw busy(`${mine} things wait for an answer in this name already`);
    if (all.length + coming.size >= MAX_PENDING) throw busy("too many things wait for people already");
  }

  async function record(ask: New): Promise<{ readonly asked: One; readonly isNew: boolean }> {
    checkRoom(ask);
    coming.add(ask);
    try {
      const found = await ledger.request(ask);
      const asked = overtaken.get(found.id) ?? found;
      const isNew = asked.answer === undefined && !waiting.has(asked.id);
      if (isNew) watch(asked);
      return { asked, isNew };
    } finally {
      coming.delete(ask);
      if (coming.size === 0) overtaken.clear();
    }
  }

  async function forgetOld(): Promise<void> {
    cancelForgetting = clock.after(DAY_MS, () => void forgetOld());
    try {
      await ledger.forget(new Date(clock.now().getTime() - RETENTION_MS));
    } catch (error) {
      log.warn("what was answered long ago could not be deleted", { error: String(error) });
    }
  }

  return {
    async request(ask) {
      const { asked, isNew } = await record(ask);
      if (isNew) await waiting.get(asked.id)?.held;
      if (isNew && waiting.has(asked.id)) tell("requested", asked);
      return asked;
    },

    answered(asked, signal) {
      if (asked.answer !== undefined) return Promise.resolve(asked);
      const waiters = waiting.get(asked.id)?.waiters;
      // Answered between the request and now: the store has it.
      if (waiters === undefined) return ledger.close(asked.id);
      const { promise, resolve } = Promise.withResolvers<One | undefined>();
      const giveUp = (): void => resolve(undefined);
      waiters.add(resolve);
      if (signal.aborted) giveUp();
      else signal.addEventListener("abort", giveUp, { once: true });
      return promise.finally(() => {
        waiters.delete(resolve);
        signal.removeEventListener("abort", giveUp);
      });
    },

    async answer(principal, id, answer) {
      const answered = await own(principal).answer(id, answer);
      if (answered?.first === true) settle(answered.asked);
      return answered;
    },

    close,

    async start() {
      for (const asked of await ledger.pending()) watch(asked);
      await forgetOld();
    },

    stop() {
      cancelForgetting();
      for (const { cancel } of waiting.values()) cancel();
    },
  };
}

function busy(what: string): ClawError {
  const message = `${what}; answer some of them first.`;
  return new RateLimitedError<GatewayErrorCode>("GATEWAY_BUSY", message, BUSY_RETRY_MS);
}
