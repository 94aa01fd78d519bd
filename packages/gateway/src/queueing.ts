import { type Address, ClawError, type Principal, type QueueMode, RateLimitedError } from "@claw/core";
import type { GatewayErrorCode } from "./errors.ts";
import type { Lanes } from "./lanes.ts";
import type { QueueRule, QueueRules } from "./options.ts";
import type { ActiveRun, Runs } from "./runs.ts";
import type { TakeTurn } from "./turn.ts";
import { cutOff, type Interruption } from "./turn-end.ts";
import type { Waiting } from "./waiting.ts";

/** What decides how a message stands in line. */
interface Arrival {
  readonly run: string;
  readonly session: string;
  readonly principal: Principal;
  readonly replyTo?: Address;
  /** Goes before what the session is set to and what the rules say. */
  readonly queue?: QueueMode;
}

export interface Queueing {
  ruleFor(arrival: Arrival): Promise<QueueRule>;
  /** Rejects with `GATEWAY_BUSY` when too many wait already, of those that can be refused. */
  checkRoom(arrival: Arrival, rule: QueueRule): void;
  /** Puts a run in its lane, as its rule says. */
  enqueue(run: ActiveRun): void;
  /** Ends one that waits when there are more than the run's rule allows. */
  dropOverflow(run: ActiveRun): void;
  /** No turn is begun any more. */
  close(): void;
}

export interface QueueingOptions {
  readonly lanes: Lanes;
  readonly runs: Runs;
  readonly waiting: Waiting;
  readonly takeTurn: TakeTurn;
  readonly queue: QueueRules;
  /** What the session is set to. */
  readonly chosenMode: (principal: Principal, session: string) => Promise<QueueMode | undefined>;
  /** Messages of one person that may wait, of those that can be refused. */
  readonly maxQueued: () => number;
}

const BUSY_RETRY_MS = 2_000;

/** What happens to a message between its acceptance and its turn. */
export function createQueueing(options: QueueingOptions): Queueing {
  const { lanes, runs, waiting, takeTurn, queue, chosenMode, maxQueued } = options;
  let closed = false;

  /** Stops what the same person had going on or waiting there. */
  function interrupt(run: ActiveRun): void {
    const why: Interruption = { interruptedBy: run.run };
    for (const earlier of runs.ofSession(run.session)) {
      if (earlier !== run && earlier.owner === run.owner) earlier.controller.abort(why);
    }
  }

  return {
    async ruleFor({ session, principal, replyTo, queue: wanted }) {
      const mode = wanted ?? (await chosenMode(principal, session));
      return queue({
        session,
        busy: runs.ofSession(session).length > 0,
        ...(replyTo === undefined ? {} : { from: replyTo }),
        ...(mode === undefined ? {} : { mode }),
      });
    },

    // A channel's message is never refused for want of room: nobody might send it again.
    checkRoom({ run, session, principal, replyTo }, { cap, drop }) {
      if (replyTo !== undefined || runs.get(run) !== undefined) return;
      if (waiting.countOf(principal.id) >= maxQueued()) throw busy("limits.perPerson.queued", maxQueued());
      if (drop === "new" && waiting.of(session).length >= cap) throw busy("messages.queue.cap", cap);
    },

    enqueue(run) {
      const endLane = run.timeline.begin("lane");
      waiting.add(run);
      const before = run.after === undefined ? undefined : runs.get(run.after);
      lanes.enqueue({
        lane: run.session,
        owner: run.owner,
        quietMs: run.queue.quietMs,
        ...(run.replyTo === undefined ? {} : { channel: run.replyTo.channel }),
        ...(before === undefined ? {} : { after: before.ended }),
        async run() {
          waiting.remove(run);
          // Read in another turn, it has ended with that.
          if (runs.get(run.run) !== run) return;
          endLane();
          // What still waits when the gateway stops is in the journal; the next start takes it up.
          if (closed) run.controller.abort(cutOff());
          await takeTurn(run);
        },
      });
      if (run.queue.mode === "interrupt") interrupt(run);
    },

    dropOverflow(run) {
      const { cap, drop } = run.queue;
      const [oldest, ...others] = waiting.of(run.session);
      if (drop === "summarize" || others.length < cap) return;
      (drop === "old" ? oldest : run)?.controller.abort(dropped(cap));
    },

    close() {
      closed = true;
    },
  };
}

function busy(setting: string, limit: number): ClawError {
  const message = `${limit} messages wait already (${setting}); send it again in a moment.`;
  return new RateLimitedError<GatewayErrorCode>("GATEWAY_BUSY", message, BUSY_RETRY_MS);
}

function dropped(cap: number): ClawError<GatewayErrorCode> {
  return new ClawError(
    "GATEWAY_DROPPED",
    `${cap} messages waited in this conversation already (messages.queue.cap), and this was one too many.`,
  );
}
