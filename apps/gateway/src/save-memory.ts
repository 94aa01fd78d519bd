import { setFlagsFromString } from "node:v8";
import type { Clock } from "@claw/core";
import type { Gateway } from "@claw/gateway";

/** As long as the turns of a conversation are not apart. */
const QUIET_MS = 3_000;

/**
 * Has V8 take what memory it likes while turns run, and give it back once none has run for a while. By itself it keeps
 * what it grew to, hundreds of megabytes after a busy hour; saving all the time would double what a turn costs. Returns
 * how to end it.
 */
export function saveMemoryAtRest(
  gateway: Pick<Gateway, "subscribe" | "gauges">,
  clock: Clock,
  setFlags: (flags: string) => void = setFlagsFromString,
): () => void {
  let saving = false;
  const save = (wanted: boolean): void => {
    if (saving === wanted) return;
    saving = wanted;
    // V8 reads it each time it decides how far the heap may grow.
    setFlags(wanted ? "--memory-saver-mode" : "--no-memory-saver-mode");
  };
  const whenQuiet = (): (() => void) =>
    clock.after(QUIET_MS, () => {
      if (gateway.gauges().turnsRunning === 0) save(true);
      else cancel = whenQuiet();
    });
  let cancel = whenQuiet();
  const unsubscribe = gateway.subscribe(({ type }) => {
    if (type !== "run-started") return;
    save(false);
    cancel();
    cancel = whenQuiet();
  });
  return () => {
    cancel();
    unsubscribe();
  };
}
