import type { Address, Principal, Provenance, ToolCall, UnfinishedRun, UserMessage } from "@claw/core";
import type { RunOutcome, RunRef } from "./events.ts";
import type { Timeline } from "./timeline.ts";

/** A run that is waiting for its lane or going on. */
export interface ActiveRun extends RunRef {
  readonly principal: Principal;
  readonly provenance: Provenance;
  readonly text: string;
  /** Set when this one call is all that it is for. */
  readonly call?: ToolCall;
  /** Set when it is the turn of a text command. */
  readonly command?: string;
  readonly replyTo?: Address;
  readonly timeline: Timeline;
  readonly controller: AbortController;
  readonly acceptedAt: Date;
  /** Its session started over with it. */
  readonly reset?: true;
  /** Set for a run that a restart found: what it had started then. */
  readonly recovered?: Recovered;
  readonly ended: Promise<RunOutcome>;
  /** Resolves `ended`; the run is then no longer active. */
  end(outcome: RunOutcome): void;
}

export interface Recovered extends Pick<UnfinishedRun, "unknownEffects" | "recoveries"> {
  /** It was a crash that cut it off, or kept it waiting. */
  readonly afterCrash: boolean;
}

export interface Runs {
  open(run: Omit<ActiveRun, "ended" | "end" | "controller">): ActiveRun;
  get(id: string): ActiveRun | undefined;
  ofSession(session: string): readonly ActiveRun[];
  all(): readonly ActiveRun[];
}

/** What stands at the beginning of a run. */
export function userMessage({ text, call, command }: Pick<ActiveRun, "text" | "call" | "command">): UserMessage {
  return { role: "user", text, ...(call === undefined ? {} : { call }), ...(command === undefined ? {} : { command }) };
}

export function createRuns(): Runs {
  const active = new Map<string, ActiveRun>();
  return {
    open(run) {
      const { promise, resolve } = Promise.withResolvers<RunOutcome>();
      const opened: ActiveRun = {
        ...run,
        controller: new AbortController(),
        ended: promise,
        end(outcome) {
          active.delete(run.run);
          resolve(outcome);
        },
      };
      active.set(run.run, opened);
      return opened;
    },
    get: (id) => active.get(id),
    ofSession: (session) => [...active.values()].filter((run) => run.session === session),
    all: () => [...active.values()],
  };
}
