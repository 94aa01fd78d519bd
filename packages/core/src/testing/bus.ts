import assert from "node:assert/strict";
import type { Bus, Lease } from "../bus.ts";
import type { Awaitable } from "../call-options.ts";
import { type ContractCase, type Skips, withSkips } from "./contract.ts";

export interface BusContractOptions {
  /** Called once per case. */
  readonly create: () => Awaitable<Bus>;
  readonly skip?: Skips;
}

const ttlMs = 60_000;

/** What every bus promises. */
export function busContract({ create, skip }: BusContractOptions): readonly ContractCase[] {
  const given = (check: (bus: Bus) => Promise<void>) => async () => {
    await using bus = await create();
    await check(bus);
  };
  return withSkips(
    [
      {
        name: "a key has one owner at a time, and other keys have theirs",
        run: given(async (bus) => {
          const lease = await own(bus, "a");
          assert.equal(await bus.lease("a", { ttlMs }), undefined);
          await own(bus, "b");
          await lease[Symbol.asyncDispose]();
          await own(bus, "a");
        }),
      },
      {
        name: "of many who ask at once, one gets the key",
        run: given(async (bus) => {
          const asked = await Promise.all(Array.from({ length: 10 }, () => bus.lease("a", { ttlMs })));
          assert.equal(asked.filter((lease) => lease !== undefined).length, 1);
        }),
      },
      {
        name: "the fence grows with every owner of a key",
        run: given(async (bus) => {
          const fences: bigint[] = [];
          for (let owner = 0; owner < 5; owner++) {
            await using lease = await own(bus, "a");
            fences.push(lease.fence);
          }
          assert.ok(fences.every((fence, index) => index === 0 || fence > (fences[index - 1] ?? fence)));
        }),
      },
      {
        name: "ownership is lost with the lease's disposal and not before; a second disposal takes nothing from the next",
        run: given(async (bus) => {
          const lease = await own(bus, "a");
          assert.equal(lease.key, "a");
          assert.equal(lease.lost.aborted, false);
          await lease[Symbol.asyncDispose]();
          assert.equal(lease.lost.aborted, true);
          const next = await own(bus, "a");
          await lease[Symbol.asyncDispose]();
          assert.equal(next.lost.aborted, false);
          assert.equal(await bus.lease("a", { ttlMs }), undefined);
        }),
      },
      {
        name: "each subscriber hears what is published after it subscribed, in order, of its topic alone",
        run: given(async (bus) => {
          bus.publish("x", "before");
          const abort = new AbortController();
          const readers = [1, 2].map(() => take(bus.subscribe("x", abort.signal), 3));
          for (const event of [1, 2, 3]) {
            bus.publish("x", event);
            bus.publish("y", "another topic");
          }
          assert.deepEqual(await Promise.all(readers), [
            [1, 2, 3],
            [1, 2, 3],
          ]);
        }),
      },
      {
        name: "a subscription ends when its signal fires, also while it waits, and when it has fired before",
        run: given(async (bus) => {
          const abort = new AbortController();
          const waiting = take(bus.subscribe("x", abort.signal), 1);
          setImmediate(() => abort.abort());
          assert.deepEqual(await waiting, []);
          assert.deepEqual(await take(bus.subscribe("x", abort.signal), 1), []);
        }),
      },
    ],
    skip,
  );
}

async function own(bus: Bus, key: string): Promise<Lease> {
  const lease = await bus.lease(key, { ttlMs });
  assert.ok(lease !== undefined, `${key} is not to be had`);
  return lease;
}

async function take(events: AsyncIterable<unknown>, count: number): Promise<readonly unknown[]> {
  const taken: unknown[] = [];
  for await (const event of events) if (taken.push(event) === count) break;
  return taken;
}
