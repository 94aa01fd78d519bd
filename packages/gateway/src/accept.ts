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
  type ToolCall,
  type TurnSettings,
} from "@claw/core";
import type { Audiences } from "./audiences.ts";
import type { Desk } from "./commands/desk.ts";
import type { GatewayErrorCode } from "./errors.ts";
import type { Hub, RunRef } from "./events.ts";
import { decide, refusal } from "./gate.ts";
import type { ResetRules } from "./options.ts";
import { agentsOf } from "./people/agents-of.ts";
import type { People } from "./people/people.ts";
import type { Queueing } from "./queueing.ts";
import type { Recover } from "./recover.ts";
import { type Runs, userMessage } from "./runs.ts";
import type { TimelineOf } from "./timeline.ts";
import type { Transcripts } from "./transcripts.ts";

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
  /** The group that the session is of; see `AcceptInput.group`. */
  readonly group?: string;
  readonly replyTo?: Address;
  /** It may be a text command. */
  readonly commands?: boolean;
  /** Goes before what the queue's rules say. */
  readonly queue?: QueueMode;
  /** Go before what the session is set to, for the turn that it begins. */
  readonly settings?: TurnSettings;
  /** The run that has to end before this one begins. */
  readonly after?: string;
  /** When its first byte was understood, on the monotonic clock. */
  readonly receivedMs: number;
}

export interface Intake {
  /** Resolves once the message can't be lost any more. Rejects with `GATEWAY_REFUSED`, `GATEWAY_STOPPING`, `STORE_*`. */
  accept(submission: Submission): Promise<Accepted>;
  readonly recover: Recover;
  /** No message is accepted and no turn begun any more. */
  close(): void;
}

export interface IntakeOptions {
  readonly agents: ReadonlyMap<string, Agent>;
  readonly people: Pick<People, "mayUse">;
  readonly policy: Policy;
  readonly journal: Journal;
  readonly runs: Runs;
  readonly audiences: Audiences;
  readonly hub: Hub;
  readonly clock: Clock;
  readonly timelineOf: TimelineOf;
  readonly forget: Transcripts["forget"];
  readonly resets: ResetRules;
  readonly mayOpen: (principal: Principal, session: string) => boolean;
  readonly desk: Desk;
  readonly queueing: Queueing;
  readonly recover: Recover;
}

export function createIntake(options: IntakeOptions): Intake {
  const { agents, people, policy, journal, runs, audiences, hub, clock, timelineOf, forget, resets, desk } = options;
  const { queueing, recover, mayOpen } = options;
  let closed = false;

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
      const rule = await queueing.ruleFor(submission);
      const ref = { run, session, agent, owner: principal.id };
      const timeline = timelineOf(ref, receivedMs);

      const endAccept = timeline.begin("accept");
      const from = replyTo === undefined ? {} : { from: replyTo };
      const message = { session, text: submission.text, ...from };
      const decided: ReturnType<ResetRules> =
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

      const startsOver = decided.reset === "always";
      const asked = submission.commands || startsOver ? await desk({ ...submission, startsOver }) : undefined;
      // Whoever may not start over what they write to is answered so, and has said it all.
      const { text, reset }: ReturnType<ResetRules> = startsOver && asked !== undefined ? message : decided;
      if (asked?.answered === undefined) queueing.checkRoom(submission, rule);
      const endJournal = timeline.begin("journal", "accept");
      const to = replyTo === undefined ? {} : { replyTo };
      const { settings } = submission;
      const only = {
        ...(call === undefined ? {} : { call }),
        ...(asked && { command: asked.command }),
        ...(settings === undefined ? {} : { settings }),
      };
      const start = asked?.reset ?? reset;
      const group = submission.group === undefined ? {} : { group: submission.group };
      const after = submission.after === undefined ? {} : { after: submission.after };
      // What a channel delivers goes where the router says; a client says by itself where its message goes.
      const opens = replyTo !== undefined || mayOpen(principal, session);
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
        ...group,
        opens,
        ...(start === undefined ? {} : { reset: start }),
        ...(asked?.answered && { answered: asked.answered }),
        queue: rule.mode,
        ...after,
      });
      const accepted = await accepting.catch((error: unknown) => {
        audiences.release(session);
        throw error;
      });
      await asked?.settle?.();
      endJournal();
      // The next turn of the session reads it anew; one that goes on keeps what it was given.
      if (accepted.reset) forget(session);
      const over = accepted.reset ? { reset: true as const } : {};
      // One that the stop overtook is in the journal; the next start takes it up.
      if (accepted.repeat || (closed && asked?.answered === undefined)) {
        audiences.release(session);
        return accepted;
      }
      if (submission.group === undefined) audiences.made(session, principal);
      else await audiences.renew(session);
      if (asked?.answered !== undefined) {
        for (const stopped of asked.stops) stopped.controller.abort();
        hub.publish({ ...ref, type: "message-accepted", text, sequence: accepted.sequence, ...over });
        // Its caller is told of the acceptance first.
        setImmediate(tellAnswered, ref, asked.text);
        return accepted;
      }
      const acceptedAt = clock.now();
      const settled = { acceptedAt, queue: rule, ...only, ...to, ...over, ...after };
      const opened = runs.open({ ...ref, principal, provenance, text, timeline, ...settled });
      hub.publish({ ...ref, type: "message-accepted", text, sequence: accepted.sequence, ...over });
      for (const span of timeline.spans) hub.publish({ ...ref, type: "span", span });
      queueing.enqueue(opened);
      queueing.dropOverflow(opened);
      return accepted;
    },

    recover,

    close() {
      closed = true;
      queueing.close();
    },
  };

  function tellAnswered(ref: RunRef, text: string): void {
    hub.publish({ ...ref, type: "run-started" });
    const outcome = { state: "done", text, cut: false, inputTokens: 0, outputTokens: 0 } as const;
    hub.publish({ ...ref, type: "run-ended", outcome });
  }
}

function isPerson({ kind }: Principal): boolean {
  return kind === "user" || kind === "contact";
}

function unrouted(agent: string, agents: ReadonlyMap<string, Agent>): ClawError<GatewayErrorCode> {
  return new ClawError(
    "GATEWAY_UNROUTED",
    `There is no agent "${agent}". There are: ${[...agents.keys()].join(", ")}.`,
  );
}
