import { type Channel, type Clock, type Delivery, type Journal, type Logger, RateLimitedError } from "@claw/core";
import { unlessGivenUp } from "./give-up.ts";

export interface Outbox {
  /** From now on it sends. */
  start(): void;
  /** Looks for due deliveries now; call after one was queued. */
  wake(): void;
  /** Stops looking; resolves when what is being sent is sent. */
  stop(): Promise<void>;
}

export interface OutboxOptions {
  readonly channels: readonly Channel[];
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Logger;
}

const MAX_ATTEMPTS = 8;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 5 * 60_000;
const POLL_MS = 1_000;
const SEND_TIMEOUT_MS = 60_000;
/** Deliveries begun at one look. */
const BATCH = 50;
/** The most under way over one channel: those that hang must not keep the others from being seen. */
const MAX_SENDING = 250;

/**
 * Sends what runs queued for channels: of one address one after the other, of several side by side, with back-off, and
 * into the dead letters after eight attempts.
 */
export function createOutbox({ channels, journal, clock, log }: OutboxOptions): Outbox {
  const byName = new Map(channels.map((channel) => [channel.name, channel]));
  const sending = new Map<string, { readonly channel: string; readonly done: Promise<void> }>();
  /** Sent, and not noted as such because the journal could not be written. */
  const unnoted = new Set<string>();
  const now = neverBack(clock);
  let looking: Promise<void> | undefined;
  let again = false;
  let stopped = true;
  let cancelTimer = (): void => {};

  const wake = (): void => {
    again = true;
    looking ??= look().finally(() => {
      looking = undefined;
      if (again && !stopped) wake();
    });
  };

  async function look(): Promise<void> {
    cancelTimer();
    while (again && !stopped) {
      again = false;
      try {
        // Of one address the journal names only the first, so that side by side is still in order.
        const full = fullChannels();
        const seen = [...sending.values()].filter(({ channel }) => !full.includes(channel)).length;
        let begun = 0;
        for (const delivery of await journal.deliveries(now(), seen + BATCH, full)) if (begin(delivery)) begun++;
        if (begun >= BATCH) again = true;
      } catch (error) {
        log.error("the outbox could not be read", { error: String(error) });
      }
    }
    if (!stopped) cancelTimer = clock.after(POLL_MS, wake);
  }

  function fullChannels(): readonly string[] {
    const counts = new Map<string, number>();
    for (const { channel } of sending.values()) counts.set(channel, (counts.get(channel) ?? 0) + 1);
    return [...counts].flatMap(([channel, count]) => (count >= MAX_SENDING ? [channel] : []));
  }

  /** Whether it is sent now for the first time, or again at its time. */
  function begin(delivery: Delivery): boolean {
    const { key, to } = delivery;
    if (stopped || sending.has(key)) return false;
    const fresh = !unnoted.has(key);
    // What could not be noted is due at once again: that waits for the timer.
    const done = deliver(delivery)
      .finally(() => sending.delete(key))
      .then(wake, (error: unknown) => log.error("a delivery could not be noted", { key, error: String(error) }));
    sending.set(key, { channel: to.channel, done });
    return fresh;
  }

  async function deliver(delivery: Delivery): Promise<void> {
    const { key, to } = delivery;
    try {
      if (!unnoted.has(key)) await send(delivery);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const retryAt = nextAttempt(delivery, error);
      log.warn(retryAt === undefined ? "a delivery is dead" : "a delivery failed", {
        key,
        channel: to.channel,
        reason,
      });
      return journal.deliveryFailed(key, { reason, ...(retryAt === undefined ? {} : { retryAt }) });
    }
    // Outside of the above: what was sent must not count as failed because the note of it could not be written.
    unnoted.add(key);
    await journal.delivered(key);
    unnoted.delete(key);
  }

  async function send({ key, to, message }: Delivery): Promise<void> {
    const channel = byName.get(to.channel);
    if (channel === undefined) throw new Error(`no channel "${to.channel}" is running`);
    const timeout = new AbortController();
    const cancel = clock.after(SEND_TIMEOUT_MS, () => timeout.abort());
    const sent = channel.send(to, { ...message, idempotencyKey: key }, { signal: timeout.signal });
    const receipt = await unlessGivenUp(sent, timeout.signal).finally(cancel);
    if (receipt === undefined) throw new Error(`no answer within ${SEND_TIMEOUT_MS / 1_000} seconds`);
  }

  function nextAttempt(delivery: Delivery, error: unknown): Date | undefined {
    if (delivery.attempts + 1 >= MAX_ATTEMPTS) return undefined;
    const backOffMs = Math.min(FIRST_RETRY_MS * 2 ** delivery.attempts, MAX_RETRY_MS);
    const waitMs = error instanceof RateLimitedError ? Math.max(error.retryAfterMs, backOffMs) : backOffMs;
    return new Date(now().getTime() + waitMs);
  }

  return {
    start() {
      stopped = channels.length === 0;
      if (!stopped) wake();
    },
    wake() {
      if (!stopped) wake();
    },
    async stop() {
      stopped = true;
      cancelTimer();
      await looking;
      await Promise.all([...sending.values()].map(({ done }) => done));
    },
  };
}

/** The time of day, except that a clock which is set back does not hold up what is due. */
function neverBack(clock: Clock): () => Date {
  const beganMs = clock.now().getTime() - clock.monotonicMs();
  return () => new Date(Math.max(clock.now().getTime(), beganMs + clock.monotonicMs()));
}
