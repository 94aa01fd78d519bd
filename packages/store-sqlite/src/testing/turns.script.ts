import { writeSync } from "node:fs";
import { sqliteStore } from "../sqlite-store.ts";
import { answer, inbound, lease } from "./fixtures.ts";

const { journal } = sqliteStore({ stateDir: process.argv[2] ?? "" });
const to = { channel: "web", account: "main", peer: "ada", kind: "direct" } as const;

/** Turns without end, each call reported once it has resolved. */
for (let turn = 0; ; turn++) {
  const run = `run-${turn}`;
  await journal.accept(inbound(String(turn)));
  report("accept", turn);
  await journal.step(lease, run, [answer(`step ${turn}`)]);
  report("step", turn);
  await journal.effectStarted(lease, run, { id: "call", action: "tool.call", digest: "0".repeat(64) });
  report("effectStarted", turn);
  await journal.effectFinished(lease, run, "call", answer(`result ${turn}`));
  report("effectFinished", turn);
  const outbound = [{ key: run, to: { ...to, peer: run }, message: { text: "end" } }];
  await journal.finish(lease, run, { reason: "done", entries: [answer(`end ${turn}`)], outbound, timeline: [] });
  report("finish", turn);
}

function report(call: string, turn: number): void {
  writeSync(1, `${call} ${turn}\n`);
}
