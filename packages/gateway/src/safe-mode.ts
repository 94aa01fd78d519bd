import type { Clock, Journal, Logger, Starts, UncleanStart, UnfinishedRun } from "@claw/core";

/** Channels are off, and what a crash left unfinished waits. */
export interface SafeMode {
  readonly since: Date;
  /** A sentence for people. */
  readonly reason: string;
  /** Runs that wait, oldest first. */
  readonly parked: readonly UnfinishedRun[];
}

/** A stop that nobody asked for, this often within this time, is a loop. */
const CRASHES = 3;
const WITHIN_MS = 5 * 60_000;

export interface BeginOptions {
  readonly starts: Starts;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Logger;
  /** True asks for safe mode, false forbids it; without, a crash loop decides. */
  readonly wanted: boolean | undefined;
}

/** Notes the start, and finds out what kind it is. */
export async function beginStart(
  options: BeginOptions,
): Promise<{ readonly afterCrash: boolean; readonly safeMode: SafeMode | undefined }> {
  const { starts, journal, clock, log, wanted } = options;
  const unclean = await starts.begin();
  const now = clock.now();
  const reason = reasonFor(wanted, unclean, now);
  const afterCrash = unclean.length > 0;
  if (reason === undefined) return { afterCrash, safeMode: undefined };
  await starts.note("safe-mode");
  const parked: UnfinishedRun[] = [];
  for await (const run of journal.unfinished()) parked.push(run);
  log.error("started in safe mode: channels are off and unfinished turns wait", { reason, parked: parked.length });
  return { afterCrash, safeMode: { since: now, reason, parked } };
}

function reasonFor(wanted: boolean | undefined, unclean: readonly UncleanStart[], now: Date): string | undefined {
  if (wanted === false) return undefined;
  if (wanted === true) return "It was asked for with --safe-mode.";
  // A clock that was set back makes starts of the future: they count as recent.
  const recent = unclean.filter(({ at }) => now.getTime() - at.getTime() < WITHIN_MS);
  if (recent.length >= CRASHES) {
    return `The gateway ended ${recent.length} times within ${WITHIN_MS / 60_000} minutes without being told to stop.`;
  }
  return unclean[0]?.safeMode === true
    ? "The gateway was in safe mode when it ended without being told to."
    : undefined;
}
