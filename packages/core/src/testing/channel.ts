import assert from "node:assert/strict";
import type { Awaitable } from "../call-options.ts";
import type { Address, Channel, ChannelContext, Inbound, Outbound } from "../channel.ts";
import { silentLogger } from "../logger.ts";
import { type ContractCase, type Skips, withSkips } from "./contract.ts";

/** A channel together with the platform's side of it. Disposing it stops both. */
export interface ChannelHarness extends AsyncDisposable {
  readonly channel: Channel;
  /** The platform delivers a direct message; resolves once the channel has acknowledged it, rejects when it did not. */
  deliver(text: string): Promise<void>;
  /** An address of the platform to send to. */
  readonly address: Address;
  /** Texts that the platform has been sent, oldest first. */
  sent(): readonly string[];
}

export interface ChannelContractOptions {
  /** Called once per case; the channel is not started yet. */
  readonly create: () => Awaitable<ChannelHarness>;
  readonly skip?: Skips;
}

/** What every channel promises. */
export function channelContract({ create, skip }: ChannelContractOptions): readonly ContractCase[] {
  const given = (check: (harness: ChannelHarness) => Promise<void>) => async () => {
    await using harness = await create();
    await check(harness);
  };
  const context = (receive: ChannelContext["receive"]): ChannelContext => ({ receive, log: silentLogger });
  const ignore = context(async () => {});
  return withSkips(
    [
      {
        name: "what the platform delivers comes with an id, the channel's own address and a lower-case peer",
        run: given(async ({ channel, deliver }) => {
          const received: Inbound[] = [];
          await channel.start(context(async (message) => void received.push(message)));
          await deliver("hello");
          await deliver("hello");
          const [first, second] = received;
          assert.ok(first !== undefined && second !== undefined && received.length === 2);
          assert.equal(first.text, "hello");
          assert.notEqual(first.id, second.id);
          assert.equal(first.from.channel, channel.name);
          assert.equal(first.from.peer, first.from.peer.toLowerCase());
          assert.ok(first.addressed);
        }),
      },
      {
        name: "a delivery is acknowledged once it is accepted, and not before",
        run: given(async ({ channel, deliver }) => {
          const order: string[] = [];
          await channel.start(
            context(async () => {
              await new Promise((resolve) => setImmediate(resolve));
              order.push("accepted");
            }),
          );
          await deliver("hello");
          order.push("acknowledged");
          assert.deepEqual(order, ["accepted", "acknowledged"]);
        }),
      },
      {
        name: "a delivery that is not accepted is not acknowledged, and the channel goes on",
        run: given(async ({ channel, deliver }) => {
          let refuse = true;
          await channel.start(
            context(async () => {
              if (refuse) throw new Error("the disk is full");
            }),
          );
          await assert.rejects(deliver("hello"));
          refuse = false;
          await deliver("hello");
        }),
      },
      {
        name: "what is sent arrives in order, and the receipt names it",
        run: given(async ({ channel, address, sent }) => {
          await channel.start(ignore);
          for (const text of ["one", "two"]) {
            const { ids } = await channel.send(address, { text });
            assert.ok(ids.length > 0 && ids.every((id) => id !== ""));
          }
          assert.deepEqual(sent(), ["one", "two"]);
        }),
      },
      {
        name: "a key that was sent is not sent again",
        run: given(async ({ channel, address, sent }) => {
          await channel.start(ignore);
          const message = { text: "once", idempotencyKey: "run-1:reply" };
          assert.deepEqual(await channel.send(address, message), await channel.send(address, message));
          assert.deepEqual(sent(), ["once"]);
        }),
      },
      {
        name: "nothing is received after a stop, and stopping twice is stopping once",
        run: given(async ({ channel, deliver }) => {
          let received = 0;
          await channel.start(context(async () => void received++));
          await channel.stop();
          await channel.stop();
          await assert.rejects(deliver("late"));
          assert.equal(received, 0);
        }),
      },
    ],
    skip,
  );
}

/** A channel whose platform is in memory. */
export interface FakeChannel extends ChannelHarness {
  /** As `deliver`, with what a platform decides as well: a redelivery has the id of the first. */
  redeliver(message: Partial<Inbound> & Pick<Inbound, "id">): Promise<void>;
  /** Called before each send, which fails when this throws or rejects. */
  onSend: (to: Address, message: Outbound) => Awaitable<void>;
}

export function fakeChannel(name = "fake"): FakeChannel {
  const address: Address = { channel: name, account: "bot", peer: "ada", kind: "direct" };
  const sent: string[] = [];
  const receipts = new Map<string, readonly [string]>();
  let context: ChannelContext | undefined;
  let delivered = 0;

  const fake: FakeChannel = {
    address,
    sent: () => sent,
    onSend() {},
    deliver: (text) => fake.redeliver({ id: `message-${++delivered}`, text }),
    async redeliver(message) {
      if (context === undefined) throw new Error(`the channel "${name}" is not started`);
      await context.receive({
        from: address,
        sender: { id: "ada" },
        text: "hello",
        attachments: [],
        addressed: true,
        sentAt: new Date(),
        ...message,
      });
    },
    channel: {
      name,
      async start(given) {
        context = given;
      },
      async send(to, message) {
        await fake.onSend(to, message);
        const { text, idempotencyKey } = message;
        const known = idempotencyKey === undefined ? undefined : receipts.get(idempotencyKey);
        if (known !== undefined) return { ids: known };
        const ids = [`sent-${sent.push(text)}`] as const;
        if (idempotencyKey !== undefined) receipts.set(idempotencyKey, ids);
        return { ids };
      },
      async stop() {
        context = undefined;
      },
    },
    [Symbol.asyncDispose]: () => fake.channel.stop(),
  };
  return fake;
}
