import { EXIT_CODES } from "../exit-codes.ts";
import { CommandError } from "../failure.ts";
import { onInterrupt } from "../interrupt.ts";
import type { FollowedRun } from "./follow-run.ts";
import type { RunReport } from "./run-report.ts";

export type StopReason = "interrupt" | "timeout";

/** How long a stopped run may take to end. */
const STOP_GRACE_MS = 5_000;

/**
 * Waits for the run. The first Ctrl-C (or SIGTERM) and the end of `timeoutSeconds` stop it at the gateway; a second
 * Ctrl-C ends this process at once.
 */
export async function untilEnd(
  run: FollowedRun,
  timeoutSeconds?: number,
): Promise<{ readonly report: RunReport; readonly stoppedBy: StopReason | undefined }> {
  let stoppedBy: StopReason | undefined;
  const overdue = Promise.withResolvers<never>();
  const timers: NodeJS.Timeout[] = [];

  function stop(reason: StopReason): void {
    stoppedBy = reason;
    run.abort().catch(overdue.reject);
    const exitCode = reason === "interrupt" ? EXIT_CODES.interrupted : EXIT_CODES.failed;
    const stuck = new CommandError(exitCode, "The gateway was asked to stop the run and has not said that it did.");
    timers.push(setTimeout(overdue.reject, STOP_GRACE_MS, stuck));
  }

  using _interrupt = onInterrupt(() => stop("interrupt"));
  if (timeoutSeconds !== undefined) timers.push(setTimeout(stop, timeoutSeconds * 1_000, "timeout"));
  try {
    const report = await Promise.race([run.ended, overdue.promise]);
    return { report, stoppedBy };
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}
