import {
  type Accepted,
  type Address,
  type Agent,
  ClawError,
  type Clock,
  digestOf,
  type Journal,
  type Policy,
  type Principal,
  type Provenance,
  type QueueMode,
  RateLimitedError,
  type ToolCall,
  type UnfinishedRun,
} from "@claw/core";
import type { Audiences } from "./audiences.ts";
import type { Desk } from "./commands/desk.ts";
import type { GatewayErrorCode } from "./errors.ts";
import type { Hub, RunRef } from "./events.ts";
import { decide, refusal } from "./gate.ts";
import type { Lanes } from "./lanes.ts";
import type { QueueRule, QueueRules, ResetRules } from "./options.ts";
import { agentsOf } from "./people/agents-of.ts";
import type { People } from "./people/people.ts";
import { type ActiveRun, type Recovered, type Runs, userMessage } from "./runs.ts";
import { createTimeline, type Timeline } from "./timeline.ts";
import type { Transcripts } from "./transcripts.ts";
import type { TakeTurn } from "./turn.ts";
import { cutOff } from "./turn-end.ts";
import type { Waiting } from "./waiting.ts";

/** A message on its way in, from any source. */
interface Submission {
  /** Stable across redeliveries and unique over all sources. */
  readonly id: string;
  /** The id its run gets when it is new. */
  readonly run: string;
  readonly session: string;
  readonly agent: string;
  readonly principal: Principal;
  readonly provenance: Provenance;
  readonly text: string;
  /** The one call that is asked for, instead of an agent's turn. */
  readonly call?: ToolCall;
  readonly replyTo?: Address;
  /** It may be a text command. */
  readonly commands?: boolean;
  /** Goes before what the queue's rules say. */
  readonly queue?: QueueMode;
  /** The run that has to end before this one begins. */
  readonly after?: string;
  /** When its first byte was understood, on the monotonic clock. */
  readonly receivedMs: number;
}

export interface Intake {
  /** Resolves once the message can't be lost any more. Rejects with `GATEWAY_REFUSED`, `GATEWAY_STOPPING`, `STORE_*`. */
  accept(submission: Submission): Promise<Accepted>;
  /** Takes up what a stop or a crash left unfinished, in its old order. Returns how many. */
  recover(options: Pick<Recovered, "afterCrash">): Promise<number>;
  /** No message is accepted and no turn begun any more. */
  close(): void;
}

export interface IntakeOptions {
  readonly agents: ReadonlyMap<string, Agent>;
  readonly people: Pick<People, "mayUse">;
  readonly policy: Policy;
  readonly journal: Journal;
  readonly lanes: Lanes;
  readonly runs: Runs;
  readonly audiences: Audiences;
  readonly hub: Hub;
  readonly clock: Clock;
  readonly takeTurn: TakeTurn;
  readonly forget: Transcripts["forget"];
  readonly resets: ResetRules;
  readonly desk: Desk;
  readonly waiting: Waiting;
  readonly queue: QueueRules;
  /** What the session is set to. */
  readonly chosenMode: (principal: Principal, session: string) => Promise<QueueMode | undefined>;
  /** Messages of one person that may wait, of those that can be refused. */
  readonly maxQueued: () => number;
}

const BUSY_RETRY_MS = 2_000;

export function createIntake(options: IntakeOptions): Intake {
  const { agents, people, policy, journal, lanes, runs, audiences, hub, clock, takeTurn, forget, resets, desk } =
    options;
  const { waiting, queue, chosenMode, maxQueued } = options;
  let closed = false;

  const enqueue = (run: ActiveRun): void => {
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
  };

  /** Stops what the same person had going on or waiting there. */
  const interrupt = (run: ActiveRun): void => {
    for (const earlier of runs.ofSession(run.session)) {
      if (earlier !== run && earlier.owner === run.owner) earlier.controller.abort();
    }
  };

  const ruleFor = async ({ session, principal, replyTo, ...message }: Submission): Promise<QueueRule> => {
    const mode = message.queue ?? (await chosenMode(principal, session));
    const busy = runs.ofSession(session).length > 0;
    return queue({
      session,
      busy,
      ...(replyTo === undefined ? {} : { from: replyTo }),
      ...(mode === undefined ? {} : { mode }),
    });
  };

  /** A channel's message is never refused for want of room: nobody might send it again. */
  const checkRoom = ({ run, session, principal, replyTo }: Submission, { cap, drop }: QueueRule): void => {
    if (replyTo !== undefined || runs.get(run) !== undefined) return;
    if (waiting.countOf(principal.id) >= maxQueued()) throw busy("limits.perPerson.queued", maxQueued());
    if (drop === "new" && waiting.of(session).length >= cap) throw busy("messages.queue.cap", cap);
  };

  const dropOverflow = (run: ActiveRun): void => {
    const { cap, drop } = run.queue;
    const [oldest, ...others] = waiting.of(run.session);
    if (drop === "summarize" || others.length < cap) return;
    (drop === "old" ? oldest : run)?.controller.abort(dropped(cap));
  };

  /** Its spans are heard of while its run is active: before that there may never be one, and it may have had its end. */
  const timelineOf = (ref: RunRef, receivedMs: number): Timeline => {
    const timeline = createTimeline(clock, receivedMs, (span) => {
      if (runs.get(ref.run)?.timeline === timeline) hub.publish({ ...ref, type: "span", span });
    });
    return timeline;
  };

  return {
    async accept(submission) {
      if (closed)
        throw new ClawError<GatewayErrorCode>(
          "GATEWAY_STOPPING",
          "The gateway is stopping; send it again in a moment.",
        );
      const { id, run, session, agent, principal, provenance, call, replyTo, receivedMs } = submission;
      const usable = agentsOf({ agents, people }, principal);
      if (!usable.has(agent)) throw unrouted(agent, usable);
      const rule = await ruleFor(submission);
      const ref = { run, session, agent, owner: principal.id };
      const timeline = timelineOf(ref, receivedMs);

      const endAccept = timeline.begin("accept");
      const from = replyTo === undefined ? {} : { from: replyTo };
      const message = { session, text: submission.text, ...from };
      const { text, reset }: ReturnType<ResetRules> =
        call === undefined && isPerson(principal) ? resets(message, clock.now()) : message;
      const input = { id, ...message };
      const action = {
        type: "message.accept",
        principal,
        agent,
        session,
        provenance,
        input,
        digest: digestOf(input),
      } as const;
      const decision = await decide(policy, action);
      endAccept();
      if (decision.effect !== "allow") throw refusal(decision);

      const asked = submission.commands === true ? await desk(submission) : undefined;
      if (asked?.answered === undefined) checkRoom(submission, rule);
      const endJournal = timeline.begin("journal", "accept");
      const to = replyTo === undefined ? {} : { replyTo };
      const only = { ...(call === undefined ? {} : { call }), ...(asked && { command: asked.command }) };
      const start = asked?.reset ?? reset;
      const after = submission.after === undefined ? {} : { after: submission.after };
      await audiences.hold(session);
      const accepting = journal.accept({
        id,
        run,
        session,
        agent,
        principal,
        provenance,
        message: userMessage({ text, ...only }),
        ...to,
        ...(start === undefined ? {} : { reset: start }),
        ...(asked?.answered && { answered: asked.answered }),
        queue: rule.mode,
        ...after,
      });
      const accepted = await accepting.catch((error: unknown) => {
        audiences.release(session);
        throw error;
      });
      endJournal();
      // The next turn of the session reads it anew; one that goes on keeps what it was given.
      if (accepted.reset) forget(session);
      // One that the stop overtook is in the journal; the next start takes it up.
      if (accepted.repeat || (closed && asked?.answered === undefined)) {
        audiences.release(session);
        return accepted;
      }
      audiences.made(session, principal);
      if (asked?.answered !== undefined) {
        for (const stopped of asked.stops) stopped.controller.abort();
        hub.publish({ ...ref, type: "message-accepted", text, sequence: accepted.sequence });
        // Its caller is told of the acceptance first.
        setImmediate(tellAnswered, ref, asked.text);
        return accepted;
      }
      const acceptedAt = clock.now();
      const over = accepted.reset ? { reset: true as const } : {};
      const settled = { acceptedAt, queue: rule, ...only, ...to, ...over, ...after };
      const opened = runs.open({ ...ref, principal, provenance, text, timeline, ...settled });
      hub.publish({ ...ref, type: "message-accepted", text, sequence: accepted.sequence });
      for (const span of timeline.spans) hub.publish({ ...ref, type: "span", span });
      enqueue(opened);
      dropOverflow(opened);
      return accepted;
    },

    async recover({ afterCrash }) {
      let count = 0;
      for await (const unfinished of journal.unfinished()) {
        // Safe mode is left while turns go on.
        if (runs.get(unfinished.run) !== undefined) continue;
        await audiences.hold(unfinished.session);
        const run = reopen(unfinished, afterCrash);
        if (unfinished.stopped) run.controller.abort();
        const host = unfinished.answeredBy === undefined ? undefined : runs.get(unfinished.answeredBy);
        if (host === undefined) enqueue(run);
        else host.joined.push(run);
        count++;
      }
      return count;
    },

    close() {
      closed = true;
    },
  };

  function tellAnswered(ref: RunRef, text: string): void {
    hub.publish({ ...ref, type: "run-started" });
    const outcome = { state: "done", text, cut: false, inputTokens: 0, outputTokens: 0 } as const;
    hub.publish({ ...ref, type: "run-ended", outcome });
  }

  function reopen(unfinished: UnfinishedRun, afterCrash: boolean): ActiveRun {
    const { run, session, agent, principal, provenance, replyTo, acceptedAt } = unfinished;
    const { queue: mode = "followup", after, unknownEffects, recoveries } = unfinished;
    const ref = { run, session, agent, owner: principal.id };
    const timeline = timelineOf(ref, clock.monotonicMs());
    const to = replyTo === undefined ? {} : { replyTo };
    return runs.open({
      ...ref,
      principal,
      provenance,
      text: "",
      timeline,
      acceptedAt,
      queue: {
        ...queue({ session, busy: true, ...(replyTo === undefined ? {} : { from: replyTo }) }),
        mode,
        quietMs: 0,
      },
      ...to,
      ...(after === undefined ? {} : { after }),
      recovered: { unknownEffects, recoveries, afterCrash },
    });
  }
}

function isPerson({ kind }: Principal): boolean {
  return kind === "user" || kind === "contact";
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

function unrouted(agent: string, agents: ReadonlyMap<string, Agent>): ClawError<GatewayErrorCode> {
  return new ClawError(
    "GATEWAY_UNROUTED",
    `There is no agent "${agent}". There are: ${[...agents.keys()].join(", ")}.`,
  );
}
