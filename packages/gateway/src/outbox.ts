import { type Channel, type Clock, type Delivery, type Journal, type Logger, RateLimitedError } from "@claw/core";

export interface Outbox {
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
const BATCH = 50;

/** Sends what runs queued for channels: in order, with back-off, and into the dead letters after eight attempts. */
export function createOutbox({ channels, journal, clock, log }: OutboxOptions): Outbox {
  const byName = new Map(channels.map((channel) => [channel.name, channel]));
  let pass: Promise<void> | undefined;
  let again = false;
  let stopped = channels.length === 0;
  let cancelTimer: (() => void) | undefined;

  const wake = (): void => {
    if (stopped) return;
    cancelTimer?.();
    if (pass !== undefined) {
      again = true;
      return;
    }
    pass = sendDue()
      .catch((error: unknown) => log.error("the outbox could not be read", { error: String(error) }))
      .finally(() => {
        pass = undefined;
        if (again) {
          again = false;
          wake();
        } else if (!stopped) {
          cancelTimer = clock.after(FIRST_RETRY_MS, wake);
        }
      });
  };

  async function sendDue(): Promise<void> {
    const due = await journal.deliveries(clock.now(), BATCH);
    for (const delivery of due) {
      if (stopped) return;
      await sendOne(delivery);
    }
    // An address's next delivery shows once the one before it is settled.
    if (due.length > 0) again = true;
  }

  async function sendOne(delivery: Delivery): Promise<void> {
    const { key, to, message } = delivery;
    try {
      const channel = byName.get(to.channel);
      if (channel === undefined) throw new Error(`no channel "${to.channel}" is running`);
      await channel.send(to, { ...message, idempotencyKey: key });
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
    await journal.delivered(key);
  }

  function nextAttempt(delivery: Delivery, error: unknown): Date | undefined {
    if (delivery.attempts + 1 >= MAX_ATTEMPTS) return undefined;
    const backOffMs = Math.min(FIRST_RETRY_MS * 2 ** delivery.attempts, MAX_RETRY_MS);
    const waitMs = error instanceof RateLimitedError ? Math.max(error.retryAfterMs, backOffMs) : backOffMs;
    return new Date(clock.now().getTime() + waitMs);
  }

  return {
    wake,
    async stop() {
      stopped = true;
      cancelTimer?.();
      await pass;
    },
  };
}
