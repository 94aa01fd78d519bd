import type { AgentEvent, ChatEvent, ChatHistory } from "@claw/protocol";
import { applyChat, catchUp, forgetWords, interrupt, newRun, releaseAll } from "./chat-events.ts";
import type { Conversation, LiveRun, PendingMessage } from "./conversation.ts";
import { withLiveOutput } from "./live-output.ts";
import { joins, olderThan, recordedTurns, withMessages } from "./record.ts";
import { applyAgent } from "./tool-events.ts";

/** Times in Unix milliseconds by this machine's clock. */
export type ConversationAction =
  | { readonly type: "sent"; readonly runId: string; readonly text: string; readonly atMs: number }
  /** `over` when the gateway answered that the run has ended already. */
  | { readonly type: "accepted"; readonly runId: string; readonly over: boolean }
  | { readonly type: "refused"; readonly runId: string; readonly reason: string }
  | { readonly type: "retried" | "discarded"; readonly runId: string }
  | { readonly type: "chat"; readonly event: ChatEvent; readonly atMs: number }
  | { readonly type: "agent"; readonly event: AgentEvent; readonly atMs: number }
  /** `missed`: events were dropped on the way. `reconnected`: so they were, and the gateway may be another one. */
  | { readonly type: "missed" | "reconnected" | "history-asked" }
  | { readonly type: "history-failed"; readonly reason: string }
  | { readonly type: "history"; readonly history: ChatHistory; readonly older: boolean; readonly atMs: number };

/** Pure. Repeats change nothing, and history can arrive at any moment. */
export function reduceConversation(state: Conversation, action: ConversationAction): Conversation {
  switch (action.type) {
    case "sent": {
      const { runId, text, atMs } = action;
      if (state.pending.some((message) => message.runId === runId)) return state;
      return { ...state, pending: [...state.pending, { runId, text, sentAtMs: atMs, state: "waiting" }] };
    }
    case "accepted": {
      const next = withPending(state, action.runId, ({ reason: _, ...message }) => ({ ...message, state: "accepted" }));
      return action.over ? { ...next, stale: true } : next;
    }
    case "refused":
      return withPending(state, action.runId, (message) => ({ ...message, state: "refused", reason: action.reason }));
    case "retried":
      return withPending(state, action.runId, ({ reason: _, ...message }) => ({ ...message, state: "waiting" }));
    case "discarded":
      return { ...state, pending: state.pending.filter(({ runId }) => runId !== action.runId) };
    case "chat":
      return onChat(state, action.event, action.atMs);
    case "agent":
      return onAgent(state, action.event, action.atMs);
    case "missed":
      return { ...state, stale: true };
    case "reconnected":
      return { ...state, stale: true, runs: new Map([...state.runs].map(([id, run]) => [id, interrupt(run)])) };
    case "history-asked":
      return { ...withoutProblem(state), stale: false, askedAbout: heldWords(state.runs) };
    case "history-failed":
      return { ...state, problem: action.reason };
    case "history":
      return action.older ? onOlder(state, action.history) : onHistory(state, action.history, action.atMs);
  }
}

function withPending(state: Conversation, runId: string, change: (message: PendingMessage) => PendingMessage) {
  return { ...state, pending: state.pending.map((message) => (message.runId === runId ? change(message) : message)) };
}

/** The record holds the run from its question to its end. */
function isRecorded(state: Conversation, runId: string): boolean {
  return !state.runs.has(runId) && state.recorded.some((turn) => turn.runId === runId);
}

function onChat(state: Conversation, event: ChatEvent, atMs: number): Conversation {
  const { runId } = event;
  if (isRecorded(state, runId) && event.state !== "status" && event.state !== "delta") return { ...state, stale: true };
  const before = state.runs.get(runId) ?? newRun(runId, atMs);
  const run = applyChat(before, event);
  const ended = run.outcome !== undefined && before.outcome === undefined;
  const stale = state.stale || ended || run.held.length > 0 || isForeign(state, runId);
  return { ...state, runs: new Map(state.runs).set(runId, run), stale };
}

function onAgent(state: Conversation, event: AgentEvent, atMs: number): Conversation {
  const { runId } = event;
  const known = state.runs.get(runId);
  if (known === undefined && isRecorded(state, runId)) return state;
  const { run, tools } = applyAgent(known ?? newRun(runId, atMs), state.tools, event);
  return {
    ...state,
    tools,
    runs: new Map(state.runs).set(runId, run),
    stale: state.stale || isForeign(state, runId) || isSummary(event),
  };
}

/** Only history has what a summary says. */
function isSummary(event: AgentEvent): boolean {
  return event.stream === "compaction" && event.data.phase === "end";
}

/** A run that somebody else began: only history has its question. */
function isForeign(state: Conversation, runId: string): boolean {
  return !state.runs.has(runId) && !state.pending.some((message) => message.runId === runId);
}

function onOlder(state: Conversation, history: ChatHistory): Conversation {
  if (history.sessionId !== state.sessionId) return { ...state, stale: true };
  const messages = withMessages(state.messages, history.messages);
  return { ...state, messages, recorded: turnsIn(messages, state.tools), hasOlder: history.hasMore };
}

function onHistory(state: Conversation, history: ChatHistory, atMs: number): Conversation {
  const continues = history.sessionId === state.sessionId && joins(state.messages, history.messages);
  const messages = withMessages(continues ? olderThan(state.messages, history.messages) : new Map(), history.messages);
  const asked = new Set(history.messages.flatMap(({ role, runId }) => (role === "user" && runId ? [runId] : [])));
  const runs = mergeRuns(state, history, atMs);
  return {
    ...state,
    sessionId: history.sessionId,
    messages,
    recorded: turnsIn(messages, state.tools),
    runs,
    pending: state.pending.filter(({ runId }) => !asked.has(runId)),
    loaded: true,
    hasOlder: continues ? state.hasOlder : history.hasMore,
    stale: state.stale || [...runs.values()].some((run) => run.held.length > 0),
  };
}

function turnsIn(messages: Conversation["messages"], tools: Conversation["tools"]): Conversation["recorded"] {
  return recordedTurns(messages).map((turn) => ({ ...turn, parts: withLiveOutput(turn.parts, tools) }));
}

/** Drops the runs that are over and recorded, and brings the others up to date. */
function mergeRuns({ runs, askedAbout }: Conversation, history: ChatHistory, atMs: number): Conversation["runs"] {
  const { inFlightRun, sessionInfo } = history;
  const active = new Set(sessionInfo.activeRunIds);
  const recorded = new Set(history.messages.map(({ runId }) => runId));
  const merged = new Map<string, LiveRun>();
  for (const [runId, run] of runs) {
    // A run that began after the question was asked may be missing from the answer.
    const over = !active.has(runId) && askedAbout.has(runId);
    // Of a run cut short the record may lack the last words, and has not the reason.
    const complete = run.outcome === undefined || (run.outcome.state === "done" && recorded.has(runId));
    if (!over || !complete) merged.set(runId, run);
  }
  for (const runId of active) {
    const run = merged.get(runId) ?? newRun(runId, atMs);
    if (inFlightRun?.runId === runId) merged.set(runId, catchUp(run, inFlightRun.text, inFlightRun.seq));
    else merged.set(runId, askedAbout.get(runId) ? releaseAll(run) : forgetWords(run));
  }
  return merged;
}

function heldWords(runs: Conversation["runs"]): Conversation["askedAbout"] {
  return new Map([...runs].map(([runId, { held }]) => [runId, held.length > 0]));
}

function withoutProblem({ problem: _, ...state }: Conversation): Conversation {
  return state;
}
