import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startMeasured } from "./harness/gateway.ts";
import { lineChart } from "./harness/line-chart.ts";
import { startModelServer } from "./harness/model-server.ts";
import { cpuMs, memoryMb } from "./harness/processes.ts";
import { sessionNames } from "./harness/turns.ts";
import { describeMachine } from "./machine.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const PICTURE = resolve(ROOT, "docs/images/soak.svg");
const DOCUMENT = resolve(ROOT, "docs/benchmarks.md");
/** What `--record` replaces. */
const RECORDED = /(?<=<!-- soak -->\n).*?(?=<!-- end of soak -->)/s;

const SESSIONS = 200;
const AT_ONCE = 20;
/** V8 gives memory back when it has had nothing to do for about ten seconds. */
const REST_MS = 20_000;
const MAX_GROWTH = 1.05;
/** Lengths of messages in characters, in turn: most are short, some are pages. */
const LENGTHS = [20, 60, 20, 400, 60, 20, 2_000, 60, 20, 8_000];

const { values } = parseArgs({
  options: { turns: { type: "string", default: "100000" }, record: { type: "boolean", default: false } },
});
const turns = Number(values.turns);
if (!Number.isSafeInteger(turns) || turns < SESSIONS * 5) {
  throw new Error(`--turns: expected a whole number from ${SESSIONS * 5} on, found ${values.turns}`);
}

await using model = await startModelServer({ contextWindow: 32_000 });
await using gateway = await startMeasured(model);
const points = [{ x: 0, y: memoryMb(gateway.pid) }];
let taken = 0;
/** Without the rests. */
let turnsMs = 0;

/** Rounds of one turn in each session, until so many turns have been taken in all. Answers the memory after a rest. */
async function soakUntil(count: number): Promise<number> {
  const names = sessionNames("soak", SESSIONS);
  while (taken < count) {
    const round = taken / SESSIONS;
    for (let first = 0; first < SESSIONS; first += AT_ONCE) {
      // Each session has all of them in turn; one with short messages alone would not outgrow the window before the end.
      const length = LENGTHS[(round + first / AT_ONCE) % LENGTHS.length] ?? 20;
      const sentMs = performance.now();
      await gateway.takeTurns({
        sessions: names.slice(first, first + AT_ONCE),
        turns: 1,
        text: "a word ".repeat(length / 7),
      });
      turnsMs += performance.now() - sentMs;
      taken += AT_ONCE;
    }
    if (taken % (SESSIONS * 5) !== 0) continue;
    points.push({ x: taken, y: memoryMb(gateway.pid) });
    const perSecond = taken / (turnsMs / 1_000);
    process.stderr.write(
      `${taken} of ${turns} turns, ${Math.round(perSecond)} a second, ${points.at(-1)?.y.toFixed(0)} MB\n`,
    );
  }
  await delay(REST_MS);
  return memoryMb(gateway.pid);
}

const idleMb = memoryMb(gateway.pid);
const earlyMb = await soakUntil(turns / 5);
const lateMb = await soakUntil(turns);
const growth = lateMb / earlyMb;
const verdict = growth <= MAX_GROWTH ? "ok" : "MISS";
const { cpus, cpu, system, node } = describeMachine();
const report = [
  `On ${new Date().toISOString().slice(0, 10)}, ${cpus} × ${cpu}, ${system}, Node ${node}: ${turns.toLocaleString("en")} turns over ${SESSIONS}`,
  `sessions, ${AT_ONCE} at once, messages of ${Math.min(...LENGTHS)} to ${Math.max(...LENGTHS)} characters, took ${Math.round(turnsMs / 60_000)} minutes and ${(cpuMs(gateway.pid) / turns).toFixed(1)} ms of CPU a turn.`,
  `Memory at rest: ${idleMb.toFixed(0)} MB before, ${earlyMb.toFixed(0)} MB after the first fifth, ${lateMb.toFixed(0)} MB after all of them: ${growth.toFixed(3)}× (goal ≤ ${MAX_GROWTH}×, ${verdict}).`,
  "",
].join("\n");

process.stdout.write(report);
if (values.record) {
  await writeFile(PICTURE, lineChart({ title: "Resident memory of the gateway", x: "turns", y: "MB", points }));
  const document = await readFile(DOCUMENT, "utf8");
  await writeFile(
    DOCUMENT,
    document.replace(RECORDED, () => `\n${report}\n![Memory over the turns](images/soak.svg)\n\n`),
  );
}
if (verdict === "MISS") process.exitCode = 1;
