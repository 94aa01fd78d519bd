import type { Address, Audit, Outbound, Policy } from "@claw/core";
import { fakeChannel } from "@claw/core/testing";
import { expect, test } from "vitest";
import { connectClient } from "./connect.fixture.ts";
import { startGateway } from "./gateway.fixture.ts";
import { connectAs, people } from "./methods/people.fixture.ts";

const dinner = { channel: "fake", to: "Ada", message: "Dinner is ready.", idempotencyKey: "dinner-1" };

/** A channel, and what is sent through it in order. */
function channel(name = "fake") {
  const fake = fakeChannel(name);
  const sent: { readonly to: Address; readonly message: Outbound }[] = [];
  const waiting = new Set<() => void>();
  fake.onSend = (to, message) => {
    sent.push({ to, message });
    for (const check of waiting) check();
  };
  const sending = (count: number) =>
    new Promise<typeof sent>((resolve) => {
      const check = (): void => void (sent.length >= count && resolve(sent));
      waiting.add(check);
      check();
    });
  return { channel: fake.channel, sending };
}

test("a message goes to its address, and its key is sent once, after a restart as well", async () => {
  const { channel: fake, sending } = channel();
  await using started = await startGateway({ channels: [fake] });
  const client = await connectClient(started.gateway);
  const queued = { ok: true, status: "queued", channel: "fake" };
  expect((await client.request("send", dinner)).payload).toEqual({ ...queued, repeat: false });
  expect((await client.request("send", dinner)).payload).toEqual({ ...queued, repeat: true });
  const [first] = await sending(1);
  expect(first).toMatchObject({
    to: { channel: "fake", account: "default", peer: "ada", kind: "direct" },
    message: { text: "Dinner is ready." },
  });

  const again = await connectClient(await started.restart());
  expect((await again.request("send", dinner)).payload).toEqual({ ...queued, repeat: true });
  const group = { to: "G", kind: "group", accountId: "work", threadId: "t", message: "Now!", idempotencyKey: "2" };
  expect((await again.request("send", group)).payload).toEqual({ ...queued, repeat: false });
  const [, second, ...more] = await sending(2);
  expect(second?.to).toEqual({ channel: "fake", account: "work", peer: "g", kind: "group", thread: "t" });
  expect(more).toEqual([]);
});

test("what hung when the gateway stopped is sent after its next start", async () => {
  const { channel: fake, sending } = channel();
  const hung = { ...fake, send: () => new Promise<never>(() => {}) };
  await using started = await startGateway({ channels: [hung] });
  await (await connectClient(started.gateway)).request("send", dinner);
  await started.restart({ channels: [fake] });
  expect(await sending(1)).toMatchObject([{ message: { text: "Dinner is ready." } }]);
});

test("a key stands for one message of one person", async () => {
  const { channel: fake, sending } = channel();
  await using started = await startGateway({ channels: [fake], authenticate: people });
  const [ann, bob] = [await connectAs(started.gateway, "ann"), await connectAs(started.gateway, "bob")];
  await ann.request("send", dinner);
  const { error } = await ann.request("send", { ...dinner, message: "Breakfast!" });
  expect(error).toMatchObject({ code: "INVALID_REQUEST", details: { code: "STORE_CONFLICT" } });
  const other = await bob.request("send", { ...dinner, message: "Breakfast!" });
  expect(other.payload).toMatchObject({ repeat: false });
  expect((await sending(2)).map(({ message }) => message.text)).toEqual(["Dinner is ready.", "Breakfast!"]);
});

test.each([
  [["a", "b"], { channel: "c" }, "there is no channel c; channels: a, b"],
  [["a", "b"], {}, "channel: expected one; channels: a, b"],
  [[], { channel: "c" }, "there is no channel c; channels: this gateway has none"],
])("among the channels %j nothing is sent to %j", async (names, params, message) => {
  await using started = await startGateway({ channels: names.map((name) => channel(name).channel) });
  const client = await connectClient(started.gateway);
  const { error } = await client.request("send", { to: "ada", message: "hi", idempotencyKey: "k", ...params });
  expect(error).toEqual({ code: "INVALID_REQUEST", message, details: { code: "CHANNEL_UNKNOWN" } });
});

test.each([
  [{ ...dinner, idempotencyKey: undefined }, "idempotencyKey"],
  [{ ...dinner, mediaUrl: "https://example.org/a.png" }, "not supported: mediaUrl"],
  [{ ...dinner, agentId: "nobody" }, "unknown agent nobody"],
  [{ ...dinner, message: "" }, "message"],
])("%j is refused with what is wrong with it", async (params, message) => {
  await using started = await startGateway({ channels: [channel().channel] });
  const { error } = await (await connectClient(started.gateway)).request("send", params);
  expect(error).toMatchObject({ code: "INVALID_REQUEST", message: expect.stringContaining(message) });
});

test("policy decides about each message, and what it decided is on record before anything is queued", async () => {
  const seen: string[] = [];
  const audit: Audit = {
    async intent({ type, principal, input }, { effect }) {
      seen.push(`${type} ${(input["to"] as Address).peer} by ${principal.id}: ${effect}`);
      return { outcome: async ({ ok, summary }) => void seen.push(`${ok} ${summary}`) };
    },
  };
  const policy: Policy = ({ input }) =>
    JSON.stringify(input).includes("LOUD")
      ? { effect: "deny", rule: "quiet-hours", reason: "people sleep" }
      : { effect: "allow", rule: "test" };
  const { channel: fake, sending } = channel();
  await using started = await startGateway({ channels: [fake], audit, policy });
  const client = await connectClient(started.gateway);
  const { error } = await client.request("send", { ...dinner, message: "LOUD" });
  expect(error).toMatchObject({ code: "FORBIDDEN", message: expect.stringContaining("quiet-hours") });
  await client.request("send", dinner);
  expect(await sending(1)).toHaveLength(1);
  expect(seen).toEqual(["message.send ada by owner: deny", "message.send ada by owner: allow", "true queued"]);
});
