import type { Clock, Journal, UnfinishedRun } from "@claw/core";
import type { Audiences } from "./audiences.ts";
import type { QueueRules } from "./options.ts";
import type { Queueing } from "./queueing.ts";
import type { ActiveRun, Recovered, Runs } from "./runs.ts";
import type { TimelineOf } from "./timeline.ts";

export interface RecoverOptions {
  readonly journal: Pick<Journal, "unfinished">;
  readonly runs: Runs;
  readonly audiences: Audiences;
  readonly queueing: Pick<Queueing, "enqueue">;
  readonly queue: QueueRules;
  readonly timelineOf: TimelineOf;
  readonly clock: Clock;
}

/** Takes up what a stop or a crash left unfinished, in its old order. Returns how many. */
export type Recover = (options: Pick<Recovered, "afterCrash">) => Promise<number>;

export function createRecover(options: RecoverOptions): Recover {
  const { journal, runs, audiences, queueing, queue, timelineOf, clock } = options;

  function reopen(unfinished: UnfinishedRun, afterCrash: boolean): ActiveRun {
    const { run, session, agent, principal, provenance, replyTo, acceptedAt } = unfinished;
    const { queue: mode = "followup", after, unknownEffects, recoveries } = unfinished;
    const ref = { run, session, agent, owner: principal.id };
    const from = replyTo === undefined ? {} : { from: replyTo };
    return runs.open({
      ...ref,
      principal,
      provenance,
      text: "",
      timeline: timelineOf(ref, clock.monotonicMs()),
      acceptedAt,
      queue: { ...queue({ session, busy: true, ...from }), mode, quietMs: 0 },
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(after === undefined ? {} : { after }),
      recovered: { unknownEffects, recoveries, afterCrash },
    });
  }

  return async ({ afterCrash }) => {
    const found: { readonly run: ActiveRun; readonly answeredBy: string | undefined }[] = [];
    for await (const unfinished of journal.unfinished()) {
      // Safe mode is left while turns go on.
      if (runs.get(unfinished.run) !== undefined) continue;
      await audiences.hold(unfinished.session);
      const run = reopen(unfinished, afterCrash);
      if (unfinished.stopped) run.controller.abort();
      found.push({ run, answeredBy: unfinished.answeredBy });
    }
    // Only now: one that waits for another, or is part of it, may have come before it where the clock was set back.
    for (const { run, answeredBy } of found) {
      const host = answeredBy === undefined ? undefined : runs.get(answeredBy);
      if (host === undefined) queueing.enqueue(run);
      else host.joined.push(run);
    }
    return found.length;
  };
}
