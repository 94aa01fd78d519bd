// A gateway composed as the bundled one is, with the real store, whose model, platform and effects lie outside of it.

import { appendFileSync } from "node:fs";
import { createAgent } from "@claw/agent";
import type { Address, Channel, ChannelContext, Model, Tool } from "@claw/core";
import { createGateway, trustEverybody } from "@claw/gateway";
import { lockStateDir, sqliteStore } from "@claw/store-sqlite";
import { z } from "zod";
import { connectClient } from "../../../packages/gateway/src/connect.fixture.ts";
import { fastClock } from "./fast-clock.ts";
import type { CrashAt } from "./messages.ts";
import { crashing, outside } from "./outside.ts";
import { announced } from "./transitions.ts";
import { commands, notices } from "./world.ts";

interface Setting {
  readonly stateDir: string;
  readonly effects: string;
  readonly epochMs: number;
  readonly crashAt?: CrashAt;
  /** The disk may fail: what is left undone then waits for the next start. */
  readonly badDisk: boolean;
}

const { stateDir, effects, epochMs, crashAt, badDisk }: Setting = JSON.parse(process.argv[2] ?? "{}");
const world = outside();
const onTransition = crashing(world, crashAt);
const clock = fastClock(epochMs);
lockStateDir(stateDir);
const store = sqliteStore({ stateDir, clock });

const model: Model = {
  ref: "outside/model",
  async *stream({ messages }) {
    const lastUser = messages.findLastIndex(({ role }) => role === "user");
    const asked = messages[lastUser];
    const run = asked?.role === "user" ? asked.text : "";
    const results = messages.slice(lastUser).filter(({ role }) => role === "tool").length;
    const answer = await world.ask({ ask: "model", run, results });
    if ("tool" in answer) yield { type: "tool-call", id: `${run}-${results}`, tool: answer.tool, input: { run } };
    else yield { type: "text-delta", text: answer.text };
    yield { type: "model-end", stop: "tool" in answer ? "tool-calls" : "stop" };
  },
};

const mark: Tool<{ run: string }> = {
  name: "mark",
  description: "Leaves one line for each time that it really runs.",
  input: z.strictObject({ run: z.string() }),
  async run({ run }) {
    appendFileSync(effects, `${run}\n`);
    return { output: `marked ${run}`, failed: false };
  },
};

let platform: ChannelContext | undefined;
const channel: Channel = {
  name: "platform",
  async start(context) {
    platform = context;
    world.tell({ type: "listening" });
  },
  async send({ peer }: Address, { text, idempotencyKey = "" }) {
    const answer = await world.ask({ ask: "send", key: idempotencyKey, peer, text });
    if ("failure" in answer) throw new Error(answer.failure);
    return { ids: [answer.receipt] };
  },
  async stop() {},
};

const watch = <Target extends object>(target: Target, name: string) => announced(target, name, onTransition);
const audit = watch(store.audit, "audit");
const agent = createAgent({
  name: "main",
  description: "works",
  role: "default",
  prompt: "",
  models: { resolve: async () => model, list: () => [] },
  context: { compaction: { keepRecentTokens: 1 } },
});
const gateway = createGateway({
  agents: [agent],
  store: { ...store, journal: watch(store.journal, "journal"), starts: watch(store.starts, "starts") },
  audit: {
    async intent(action, decision) {
      return watch(await audit.intent(action, decision), "record");
    },
  },
  tools: [mark as Tool],
  channels: [channel],
  authenticate: trustEverybody,
  policy: ({ type }) => ({ effect: "allow", rule: type }),
  queue: ({ from }) => ({ mode: "followup", cap: 20, drop: "summarize", quietMs: from?.peer === "tom" ? 40_000 : 0 }),
  clock,
  // However often it is killed, it goes on.
  safeMode: false,
  limits: { recoveries: 1_000 },
});

world.onOrder(async (order) => {
  try {
    if (order.type === "deliver") await deliver(order.message, order.peer);
    if (order.type === "count-remaining") world.tell({ type: "remaining", count: await remaining() });
    if (order.type === "stop") await gateway.stop().then(() => process.disconnect());
  } catch (error) {
    world.tell(badDisk ? { type: "refused", order, reason: String(error) } : { type: "failed", reason: String(error) });
  }
});
if (badDisk) gateway.subscribe(({ type }) => void (type === "run-ended" && world.tell({ type: "turn-ended" })));
await gateway.start();

async function deliver(message: string, peer: string): Promise<void> {
  if (peer in notices) return sendNotice(message, peer);
  const from = { channel: "platform", account: "bot", peer, kind: "direct" } as const;
  const text = commands[message]?.text ?? message;
  const inbound = { id: message, from, sender: { id: peer }, text, attachments: [], addressed: true };
  await platform?.receive({ ...inbound, sentAt: new Date() });
  world.tell({ type: "acknowledged", message });
}

async function sendNotice(message: string, peer: string): Promise<void> {
  const client = await connectClient(gateway);
  const to = { channel: "platform", accountId: "bot", to: peer };
  const { ok, error } = await client.request("send", { ...to, message: `re ${message}`, idempotencyKey: message });
  client.hangUp();
  if (ok !== true) throw new Error(`${message} was not queued: ${JSON.stringify(error)}`);
  world.tell({ type: "acknowledged", message });
}

async function remaining(): Promise<number> {
  let { length: count } = await store.journal.deliveries(new Date(8.64e15), 1_000);
  const { turnsRunning, turnsWaiting } = gateway.gauges();
  if (badDisk) return count + turnsRunning + turnsWaiting;
  for await (const _ of store.journal.unfinished()) count += 1;
  return count;
}
