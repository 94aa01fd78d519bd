import { performance } from "node:perf_hooks";
import type { Clock, Logger, Span } from "@claw/core";
import type { Gauges } from "./options.ts";
import type { ActiveRun, Runs } from "./runs.ts";
import type { OpenStage } from "./timeline.ts";

/** A run that is longer in a stage than it should be. */
interface LateRun {
  readonly run: ActiveRun;
  readonly stage: Span["stage"];
  /** The model, the tool; never what it was given. */
  readonly label?: string;
  readonly forMs: number;
}

export interface Watchdog {
  start(): void;
  stop(): void;
  /** Longest first. */
  late(): readonly LateRun[];
  /** Share of the last seconds, from 0 to 1, in which the event loop had something to do. */
  utilization(): number;
  turns(): Pick<Gauges, "turnsRunning" | "turnsWaiting" | "turnsLate">;
}

export interface WatchdogOptions {
  readonly runs: Pick<Runs, "all">;
  readonly clock: Clock;
  readonly log: Logger;
}

const INTERVAL_MS = 5_000;
/** A program that does nothing but wait wakes up within milliseconds. */
const BLOCKED_MS = 1_000;

const SECOND = 1_000;
/**
 * A model may think for minutes before it says a word, and a tool is somebody's program. People take the time they take:
 * what they are asked ends by itself when its time is over.
 */
const LATE_AFTER_MS: Readonly<Record<Span["stage"], number>> = {
  accept: 5 * SECOND,
  journal: 5 * SECOND,
  lane: 60 * SECOND,
  prompt: 10 * SECOND,
  model: 120 * SECOND,
  decide: 60 * SECOND,
  approval: Number.POSITIVE_INFINITY,
  question: Number.POSITIVE_INFINITY,
  sandbox: 60 * SECOND,
  tool: 600 * SECOND,
  record: 5 * SECOND,
  deliver: 60 * SECOND,
};

/** Says once of each run that is stuck in a stage, and of an event loop that was blocked, that it is so. */
export function createWatchdog({ runs, clock, log }: WatchdogOptions): Watchdog {
  const reported = new WeakSet<OpenStage>();
  let cancel: (() => void) | undefined;
  // Two marks: a reading covers at least what lies between two checks.
  let marks = [performance.eventLoopUtilization(), performance.eventLoopUtilization()] as const;

  function* lateStages(): Iterable<readonly [LateRun, OpenStage]> {
    const nowMs = clock.monotonicMs();
    for (const run of runs.all()) {
      const stages = [...run.timeline.open];
      // The tool that asks is open as well, and no slower than who is asked.
      if (stages.some(({ stage }) => stage === "question")) continue;
      for (const open of stages) {
        const forMs = Math.round(nowMs - open.beganMs);
        if (forMs < LATE_AFTER_MS[open.stage]) continue;
        yield [{ run, stage: open.stage, forMs, ...nameOf(open) }, open];
      }
    }
  }

  function check(expectedMs: number): void {
    marks = [marks[1], performance.eventLoopUtilization()];
    const blockedMs = Math.round(clock.monotonicMs() - expectedMs);
    if (blockedMs > BLOCKED_MS)
      log.warn("nothing could be done for a while: the event loop was blocked", { blockedMs });
    for (const [{ run, stage, label, forMs }, open] of lateStages()) {
      if (reported.has(open)) continue;
      reported.add(open);
      const { run: id, session, agent } = run;
      log.warn("a run is late", { session, stage, label, forMs, run: id, agent, reason: `${session} is in ${stage}` });
    }
    schedule();
  }

  function schedule(): void {
    const expectedMs = clock.monotonicMs() + INTERVAL_MS;
    cancel = clock.after(INTERVAL_MS, () => check(expectedMs));
  }

  const late = (): readonly LateRun[] => Array.from(lateStages(), ([one]) => one).sort((a, b) => b.forMs - a.forMs);

  return {
    start: schedule,
    stop: () => cancel?.(),
    late,
    utilization: () => performance.eventLoopUtilization(marks[0]).utilization,
    turns() {
      const active = runs.all();
      const turnsWaiting = active.filter(isWaiting).length;
      return {
        turnsWaiting,
        turnsRunning: active.length - turnsWaiting,
        turnsLate: new Set(late().map(({ run }) => run)).size,
      };
    },
  };
}

function isWaiting({ timeline }: ActiveRun): boolean {
  for (const { stage } of timeline.open) if (stage === "lane") return true;
  return false;
}

function nameOf({ label }: OpenStage): Pick<LateRun, "label"> {
  return label === undefined ? {} : { label: label.split(" ", 1)[0] ?? "" };
}
