import {
  type Agent,
  type Bus,
  ClawError,
  type Clock,
  type Journal,
  type Lease,
  type NewEntry,
  type SessionSettings,
  type ToolSpec,
} from "@claw/core";
import { compactingAgent } from "./commands/compact-turn.ts";
import { commandAsked } from "./commands/desk.ts";
import type { GatewayErrorCode } from "./errors.ts";
import type { Hub, RunOutcome, RunRef } from "./events.ts";
import { itemsUntil, later } from "./give-up.ts";
import type { Joining } from "./joining.ts";
import { callAskedFor, oneCallAgent } from "./one-call-agent.ts";
import { type ActiveRun, type Recovered, userMessage } from "./runs.ts";
import type { CallTool } from "./tool-calls.ts";
import { unknownOutcome } from "./tool-results.ts";
import type { ReadTranscript, Transcript, Transcripts } from "./transcripts.ts";
import {
  createTally,
  failed,
  interruptionOf,
  isCutOff,
  outcomeOf,
  runEnd,
  type Tally,
  type TurnEnd,
  whyEnded,
} from "./turn-end.ts";
import { type TurnTimer, turnTimer } from "./turn-timer.ts";

export interface TurnsOptions {
  readonly agents: ReadonlyMap<string, Agent>;
  readonly bus: Bus;
  readonly journal: Journal;
  readonly transcripts: Transcripts;
  readonly callTool: CallTool;
  readonly toolsOf: (agent: Agent) => readonly ToolSpec[];
  readonly instructions: (run: ActiveRun, settings: SessionSettings) => string;
  readonly joining: Joining;
  readonly hub: Hub;
  readonly settingsOf: (run: ActiveRun) => Promise<SessionSettings>;
  readonly clock: Clock;
  readonly timeoutMs: () => number;
  readonly maxRecoveries: () => number;
  /** Gives the place of a session's turn to others; see `Lanes.park`. */
  readonly park: (session: string) => (signal: AbortSignal) => Promise<void>;
}

export type TakeTurn = (run: ActiveRun) => Promise<void>;

const LEASE_TTL_MS = 60_000;
/** What a turn that was told to stop has to do so: first its tools, then the agent around them. */
const TOOL_STOP_MS = 5_000;
const AGENT_STOP_MS = 6_000;

/** A turn under way. */
interface Stage {
  readonly run: ActiveRun;
  readonly ref: RunRef;
  readonly lease: Lease;
  readonly tally: Tally;
  readonly timer: TurnTimer;
  /** The last step waits here to be written together with the end of the run: no crash can fall between. */
  readonly unwritten: NewEntry[];
  transcript?: Transcript;
  settings: SessionSettings;
}

/** Takes a run from its lane to its end. Never rejects: a failure is how the run ended. */
export function createTurns(options: TurnsOptions): TakeTurn {
  const { agents, bus, journal, transcripts, callTool, toolsOf, instructions } = options;
  const { joining, settingsOf, hub, clock, timeoutMs, maxRecoveries, park } = options;

  return async (run) => {
    const ref: RunRef = { run: run.run, session: run.session, agent: run.agent, owner: run.owner };
    hub.publish({ ...ref, type: "run-started" });
    const limitMs = timeoutMs();
    const timer = turnTimer(clock, limitMs, () => run.controller.abort(tooLong(limitMs)));
    const tally = createTally();
    const outcome = await takeTurn(run, ref, tally, timer).catch((error: unknown) =>
      outcomeOf(failed(error), tally.sum),
    );
    timer.cancel();
    run.end(outcome);
    hub.publish({ ...ref, type: "run-ended", outcome });
    // Their tokens are counted once, with the turn.
    const shared = { ...outcome, inputTokens: 0, outputTokens: 0, answeredBy: run.run };
    for (const one of run.joined) {
      one.end(shared);
      hub.publish({ ...ref, run: one.run, type: "run-ended", outcome: shared });
    }
  };

  async function takeTurn(run: ActiveRun, ref: RunRef, tally: Tally, timer: TurnTimer): Promise<RunOutcome> {
    await using lease = await bus.lease(run.session, { ttlMs: LEASE_TTL_MS });
    if (lease === undefined) throw new ClawError("GATEWAY_STATE", "another gateway owns this session");
    using _ = whileHeld(lease, () => run.controller.abort());
    const stage: Stage = { run, ref, lease, tally, timer, unwritten: [], settings: {} };
    const end = await play(stage).catch(failed);
    const { signal } = run.controller;
    const ended = outcomeOf(whyEnded(end, signal), tally.sum);
    const outcome = ended.state === "aborted" ? { ...ended, ...interruptionOf(signal) } : ended;
    if (isCutOff(outcome)) return outcome;
    await journal.finish(lease, run.run, runEnd(run, outcome, stage.unwritten, stage.settings));
    remember(stage);
    return outcome;
  }

  async function play(stage: Stage): Promise<TurnEnd> {
    const { run, ref, lease, tally, timer } = stage;
    const { signal } = run.controller;
    const agent = agents.get(run.agent);
    if (agent === undefined) throw unknownAgent(run.agent);
    const first = signal.aborted ? [] : await joining.atStart(run, lease);
    const endPrompt = run.timeline.begin("prompt");
    const { transcript, message } = await openTranscript(run, lease, first);
    stage.transcript = transcript;
    stage.settings = { ...(await settingsOf(run)), ...message?.settings };
    const { model, thinkingLevel: thinking, fastMode: fast } = stage.settings;
    let endModel = endPrompt;
    let end: TurnEnd | undefined;

    const aside = { pause: timer.pause, park: () => park(run.session).bind(undefined, signal) };
    const givenUp = later(signal, TOOL_STOP_MS, clock);
    const turn = {
      run: run.run,
      session: run.session,
      messages: transcript.messages,
      instructions: instructions(run, stage.settings),
      tools: toolsOf(agent),
      ...(model === undefined ? {} : { model }),
      ...(thinking === undefined ? {} : { thinking }),
      ...(fast === undefined ? {} : { fast }),
      call: callTool.bind(undefined, { ref, run, agent, lease, transcript, signal, givenUp, ...aside }),
      async steered() {
        const steering = signal.aborted ? [] : await joining.atStep(run, lease);
        for (const one of steering) transcript.append(userMessage(one), one.provenance);
        return steering.map(userMessage);
      },
      signal,
    };
    const call = callAskedFor(transcript.messages);
    const command = commandAsked(transcript.messages);
    // Later turns are not given it, and read the transcript without it.
    if (command !== undefined) transcripts.forget(run.session);
    const performer = call !== undefined ? oneCallAgent(call) : command !== undefined ? compactingAgent(agent) : agent;
    // A run that was stopped while it waited never reaches its agent.
    for await (const event of signal.aborted
      ? []
      : itemsUntil(performer.run(turn), later(signal, AGENT_STOP_MS, clock))) {
      switch (event.type) {
        case "model-start":
          endModel();
          endModel = run.timeline.begin("model", event.model);
          break;
        case "step":
          endModel();
          tally.add(event.message);
          stage.unwritten.push({ provenance: transcript.provenance, message: event.message });
          if (event.message.toolCalls.length > 0) await recordSteps(stage);
          break;
        case "compaction":
          if (event.phase === "start") break;
          tally.spend(event.message);
          stage.unwritten.push({ provenance: transcript.provenance, message: event.message });
          // One that was asked for is written with its answer: begun again after it, there would be nothing to compact.
          if (command === undefined) await recordSteps(stage);
          break;
        case "turn-end":
          end = event;
          break;
      }
      hub.publish({ ...ref, type: "turn-event", event });
    }
    endModel();
    return end ?? failed(endless(run.agent));
  }

  async function openTranscript(run: ActiveRun, lease: Lease, joined: readonly ActiveRun[]): Promise<ReadTranscript> {
    if (run.recovered !== undefined) await beginAgain(run, run.recovered, lease);
    const afresh = run.recovered !== undefined || run.reset === true;
    const hot = afresh ? undefined : transcripts.hot(run.session);
    if (hot === undefined) return transcripts.read(run.principal, run.session, run.run);
    for (const one of [run, ...joined]) hot.append(userMessage(one), one.provenance);
    return { transcript: hot, message: userMessage(run) };
  }

  async function beginAgain({ run }: ActiveRun, recovered: Recovered, lease: Lease): Promise<void> {
    const { unknownEffects, recoveries, afterCrash } = recovered;
    for (const effect of unknownEffects) {
      await journal.effectFinished(lease, run, effect.id, unknownOutcome(effect));
    }
    if (!afterCrash) return;
    if (recoveries >= maxRecoveries()) throw givenUp(recoveries);
    await journal.beginAgain(lease, run);
  }

  async function recordSteps(stage: Stage): Promise<void> {
    const { run, lease, unwritten } = stage;
    const endJournal = run.timeline.begin("journal", "step");
    await journal.step(lease, run.run, [...unwritten]);
    endJournal();
    remember(stage);
  }
}

/** What stays in memory is what the journal has, and nothing that could not be written. */
function remember({ transcript, unwritten }: Stage): void {
  for (const { message, provenance } of unwritten.splice(0)) transcript?.append(message, provenance);
}

function tooLong(timeoutMs: number): ClawError<GatewayErrorCode> {
  const seconds = Math.round(timeoutMs / 1_000);
  return new ClawError(
    "GATEWAY_TURN_TIMEOUT",
    `The turn ran longer than ${seconds} seconds and was stopped. Raise agents.defaults.timeoutSeconds, or ask for less at once.`,
  );
}

function givenUp(recoveries: number): ClawError<GatewayErrorCode> {
  return new ClawError(
    "GATEWAY_GIVEN_UP",
    `The gateway crashed during this turn and again in ${recoveries} further attempts, so the turn is given up. Ask again in another way, and see the gateway's log.`,
  );
}

function unknownAgent(agent: string): ClawError<GatewayErrorCode> {
  return new ClawError(
    "GATEWAY_UNROUTED",
    `There is no agent "${agent}" any more; see agents.list in the configuration.`,
  );
}

function endless(agent: string): ClawError<GatewayErrorCode> {
  return new ClawError("GATEWAY_FAILED", `The agent "${agent}" ended its turn without saying how.`);
}

/** Listens for the loss of a lease. Giving it back counts as one, so this is to be disposed of before the lease. */
function whileHeld(lease: Lease, onLost: () => void): Disposable {
  lease.lost.addEventListener("abort", onLost, { once: true });
  return { [Symbol.dispose]: () => lease.lost.removeEventListener("abort", onLost) };
}
