import { ClawError, type Clock, type Journal } from "@claw/core";
import type { AgentDatabase, AgentDatabases } from "./agent-databases.ts";

/** The half of the journal that hands messages to channels. */
export function deliveryJournal(
  databases: AgentDatabases,
  clock: Clock,
): Pick<Journal, "deliveries" | "delivered" | "deliveryFailed"> {
  /** A key names no agent. */
  async function update(key: string, write: (database: AgentDatabase) => void): Promise<void> {
    const holder = databases.all().find((one) => one.read(() => one.has.delivery(key)));
    if (holder === undefined) throw new ClawError("STORE_NOT_FOUND", `no delivery has the key ${key}`);
    await holder.write(() => write(holder));
  }

  return {
    async deliveries(now, limit) {
      return databases
        .all()
        .flatMap((database) => database.read(() => database.outbox.due.all({ now, limit: Math.max(0, limit) })))
        .sort((a, b) => a.queuedAt.getTime() - b.queuedAt.getTime())
        .slice(0, Math.max(0, limit))
        .map(({ queuedAt: _, ...delivery }) => delivery);
    },
    delivered: (key) =>
      update(key, ({ outbox }) => {
        outbox.settle.run({ key, state: "delivered", failure: null, now: clock.now() });
      }),
    deliveryFailed: (key, { reason, retryAt }) =>
      update(key, ({ outbox }) => {
        if (retryAt) outbox.retry.run({ key, failure: reason, retryAt });
        else outbox.settle.run({ key, state: "dead", failure: reason, now: clock.now() });
      }),
  };
}
