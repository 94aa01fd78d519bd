import {
  type Agent,
  type AgentEvent,
  type Bus,
  ClawError,
  type Clock,
  type Journal,
  type Lease,
  type NewEntry,
  type RunEnd,
  type ToolSpec,
} from "@claw/core";
import type { GatewayErrorCode } from "./errors.ts";
import type { Hub, RunOutcome, RunRef } from "./events.ts";
import type { ActiveRun } from "./runs.ts";
import type { CallTool } from "./tool-calls.ts";
import { unknownOutcome } from "./tool-results.ts";
import type { Transcript, Transcripts } from "./transcripts.ts";

export interface TurnsOptions {
  readonly agents: ReadonlyMap<string, Agent>;
  readonly bus: Bus;
  readonly journal: Journal;
  readonly transcripts: Transcripts;
  readonly callTool: CallTool;
  readonly toolsOf: (agent: Agent) => readonly ToolSpec[];
  readonly instructions: () => string;
  readonly hub: Hub;
  readonly clock: Clock;
  readonly timeoutMs: number;
}

export type TakeTurn = (run: ActiveRun) => Promise<void>;

type TurnEnd = AgentEvent & { readonly type: "turn-end" };

const LEASE_TTL_MS = 60_000;

/** Takes a run from its lane to its end. Never rejects: a failure is how the run ended. */
export function createTurns(options: TurnsOptions): TakeTurn {
  const { agents, bus, journal, transcripts, callTool, toolsOf, instructions, hub, clock, timeoutMs } = options;

  return async (run) => {
    const ref: RunRef = { run: run.run, session: run.session, agent: run.agent, owner: run.owner };
    hub.publish({ ...ref, type: "run-started" });
    const cancelTimeout = clock.after(timeoutMs, () => run.controller.abort(tooLong(timeoutMs)));
    const outcome = await takeTurn(run, ref).catch(failed);
    cancelTimeout();
    run.end(outcome);
    hub.publish({ ...ref, type: "run-ended", outcome });
  };

  async function takeTurn(run: ActiveRun, ref: RunRef): Promise<RunOutcome> {
    const agent = agents.get(run.agent);
    if (agent === undefined) throw unknownAgent(run.agent);
    await using lease = await bus.lease(run.session, { ttlMs: LEASE_TTL_MS });
    if (lease === undefined) throw new ClawError("GATEWAY_STATE", "another gateway owns this session");
    lease.lost.addEventListener("abort", () => run.controller.abort(), { once: true });

    const endPrompt = run.timeline.begin("prompt");
    const transcript = await openTranscript(run, lease);
    const tally = createTally();
    let endModel = endPrompt;
    let lastStep: NewEntry | undefined;
    let end: TurnEnd | undefined;

    const { signal } = run.controller;
    const call = callTool.bind(undefined, { ref, run, lease, transcript, signal });

    const turn = {
      run: run.run,
      session: run.session,
      messages: transcript.messages,
      instructions: instructions(),
      tools: toolsOf(agent),
      call,
      signal,
    };

    // A run that was stopped while it waited never reaches its agent.
    for await (const event of signal.aborted ? stoppedEarly() : agent.run(turn)) {
      switch (event.type) {
        case "model-start":
          endModel();
          endModel = run.timeline.begin("model", event.model);
          break;
        case "step": {
          endModel();
          const entry: NewEntry = { provenance: transcript.provenance, message: event.message };
          // The last step is written together with the end of the run, so that no crash can fall between.
          if (event.message.toolCalls.length > 0) await recordStep(run, lease, entry);
          else lastStep = entry;
          transcript.append(entry.message, entry.provenance);
          tally.add(event.message);
          break;
        }
        case "turn-end":
          end = event;
          break;
      }
      hub.publish({ ...ref, type: "turn-event", event });
    }
    endModel();
    return finish(run, lease, end, lastStep, tally);
  }

  async function openTranscript(run: ActiveRun, lease: Lease): Promise<Transcript> {
    for (const effect of run.recovered?.unknownEffects ?? []) {
      await journal.effectFinished(lease, run.run, effect.id, unknownOutcome(effect));
    }
    const hot = run.recovered === undefined ? transcripts.hot(run.session) : undefined;
    if (hot === undefined) return transcripts.read(run.principal, run.session, run.run);
    hot.append({ role: "user", text: run.text }, run.provenance);
    return hot;
  }

  async function recordStep(run: ActiveRun, lease: Lease, entry: NewEntry): Promise<void> {
    const endJournal = run.timeline.begin("journal", "step");
    await journal.step(lease, run.run, [entry]);
    endJournal();
  }

  async function finish(
    run: ActiveRun,
    lease: Lease,
    end: TurnEnd | undefined,
    lastStep: NewEntry | undefined,
    tally: Tally,
  ): Promise<RunOutcome> {
    const error = end === undefined ? endless(run.agent) : end.error;
    const aborted = end?.reason === "aborted";
    const outcome: RunOutcome = {
      state: error !== undefined ? "error" : aborted ? "aborted" : "done",
      cut: end?.reason === "length",
      ...tally.sum(),
      ...(error === undefined ? {} : { error }),
    };
    // A run that the gateway's own stop cut off has not ended: the next start takes it up again.
    if (ClawError.is<GatewayErrorCode>(error, "GATEWAY_STOPPING")) return outcome;
    await journal.finish(lease, run.run, runEnd(run, outcome, lastStep));
    return outcome;
  }
}

function runEnd(run: ActiveRun, outcome: RunOutcome, lastStep: NewEntry | undefined): RunEnd {
  const { state, error } = outcome;
  const text = error === undefined ? outcome.text : `Something went wrong: ${error.message}`;
  const to = run.replyTo;
  return {
    reason: state,
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
    entries: lastStep === undefined ? [] : [lastStep],
    outbound: to === undefined || text === "" ? [] : [{ key: `${run.run}:reply`, to, message: { text } }],
    timeline: run.timeline.spans,
  };
}

async function* stoppedEarly(): AsyncGenerator<AgentEvent> {
  yield { type: "turn-end", reason: "aborted" };
}

interface Tally {
  add(message: {
    readonly text: string;
    readonly usage?: { readonly inputTokens?: number; readonly outputTokens?: number };
  }): void;
  sum(): Pick<RunOutcome, "text" | "inputTokens" | "outputTokens">;
}

function createTally(): Tally {
  let text = "";
  let inputTokens = 0;
  let outputTokens = 0;
  return {
    add(message) {
      text = message.text;
      inputTokens += message.usage?.inputTokens ?? 0;
      outputTokens += message.usage?.outputTokens ?? 0;
    },
    sum: () => ({ text, inputTokens, outputTokens }),
  };
}

function failed(error: unknown): RunOutcome {
  return {
    state: "error",
    cut: false,
    text: "",
    inputTokens: 0,
    outputTokens: 0,
    error: ClawError.from(error, "GATEWAY_FAILED"),
  };
}

function tooLong(timeoutMs: number): ClawError<GatewayErrorCode> {
  const seconds = Math.round(timeoutMs / 1_000);
  return new ClawError(
    "GATEWAY_TURN_TIMEOUT",
    `The turn ran longer than ${seconds} seconds and was stopped. Raise agents.defaults.timeoutSeconds, or ask for less at once.`,
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
