import { isDeepStrictEqual } from "node:util";
import { type Address, ClawError, type Clock, type Journal } from "@claw/core";
import type { AgentDatabase, AgentDatabases } from "./agent-databases.ts";

/** What is sent to one address is sent in order. */
export function laneOf({ channel, account, peer, thread }: Address): string {
  return JSON.stringify([channel, account, peer, thread]);
}

/** The half of the journal that hands messages to channels. */
export function deliveryJournal(
  databases: AgentDatabases,
  clock: Clock,
): Pick<Journal, "send" | "deliveries" | "delivered" | "deliveryFailed"> {
  /** A key names no agent. */
  const holderOf = (key: string) => databases.all().find((one) => one.read(() => one.has.delivery(key)));

  async function update(key: string, write: (database: AgentDatabase) => void): Promise<void> {
    const holder = holderOf(key);
    if (holder === undefined) throw new ClawError("STORE_NOT_FOUND", `no delivery has the key ${key}`);
    await holder.write(() => write(holder));
  }

  return {
    async send(session, { key, to, message }) {
      const { outbox, write } = holderOf(key) ?? databases.create(session);
      return write(() => {
        const said = outbox.said.get({ key });
        if (said === undefined) {
          outbox.enqueue.run({ key, run: null, lane: laneOf(to), to, message, now: clock.now() });
        } else if (!isDeepStrictEqual(said, { to, message })) {
          throw new ClawError("STORE_CONFLICT", `the key ${key} is of another message; send this one with its own`);
        }
        return { repeat: said !== undefined };
      });
    },
    async deliveries(now, limit, except = []) {
      const asked = { now, limit: Math.max(0, limit), except: JSON.stringify(except) };
      return databases
        .all()
        .flatMap((database) => database.read(() => database.outbox.due.all(asked)))
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
        if (retryAt) outbox.retry.run({ key, failure: reason, retryAt, now: clock.now() });
        else outbox.settle.run({ key, state: "dead", failure: reason, now: clock.now() });
      }),
  };
}
