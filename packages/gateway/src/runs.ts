import type { Address, Principal, Provenance, ToolCall, TurnSettings, UnfinishedRun, UserMessage } from "@claw/core";
import type { RunOutcome, RunRef } from "./events.ts";
import type { QueueRule } from "./options.ts";
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
  /** What was asked for this turn alone. */
  readonly settings?: TurnSettings;
  readonly replyTo?: Address;
  readonly timeline: Timeline;
  readonly controller: AbortController;
  readonly acceptedAt: Date;
  /** What becomes of it while its session is busy, as it was settled when it came. */
  readonly queue: QueueRule;
  /** The run that has to end first. */
  readonly after?: string;
  /** Runs whose messages have become part of this turn: they end with it. */
  readonly joined: ActiveRun[];
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
  open(run: Omit<ActiveRun, "ended" | "end" | "controller" | "joined">): ActiveRun;
  get(id: string): ActiveRun | undefined;
  ofSession(session: string): readonly ActiveRun[];
  all(): readonly ActiveRun[];
}

/** What stands at the beginning of a run. */
export function userMessage({
  text,
  call,
  command,
  settings,
}: Pick<ActiveRun, "text" | "call" | "command" | "settings">): UserMessage {
  return {
    role: "user",
    text,
    ...(call === undefined ? {} : { call }),
    ...(command === undefined ? {} : { command }),
    ...(settings === undefined ? {} : { settings }),
  };
}

export function createRuns(): Runs {
  const active = new Map<string, ActiveRun>();
  const sessions = new Map<string, Set<ActiveRun>>();
  return {
    open(run) {
      const { promise, resolve } = Promise.withResolvers<RunOutcome>();
      const opened: ActiveRun = {
        ...run,
        controller: new AbortController(),
        joined: [],
        ended: promise,
        end(outcome) {
          active.delete(run.run);
          const others = sessions.get(run.session);
          others?.delete(opened);
          if (others?.size === 0) sessions.delete(run.session);
          resolve(outcome);
        },
      };
      active.set(run.run, opened);
      const others = sessions.get(run.session);
      if (others === undefined) sessions.set(run.session, new Set([opened]));
      else others.add(opened);
      return opened;
    },
    get: (id) => active.get(id),
    ofSession: (session) => [...(sessions.get(session) ?? [])],
    all: () => [...active.values()],
  };
}
