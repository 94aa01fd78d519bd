import fc from "fast-check";
import { expect, test } from "vitest";
import { type Conversation, emptyConversation, type Turn, type TurnPart } from "./conversation.ts";
import { type ConversationAction, reduceConversation } from "./reducer.ts";
import { type Emitted, type Script, simulateSession } from "./testing/simulated-session.ts";
import { turnsOf } from "./turns.ts";

const piece = fc.stringMatching(/^[ab \n]{1,4}$/);
const script: fc.Arbitrary<Omit<Script, "runId" | "question">> = fc.record({
  steps: fc.array(fc.array(piece, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }),
  end: fc.constantFrom("final", "aborted", "error"),
});

const SOME = { minLength: 1, maxLength: 3 };
const inFlightOf = fc.constantFrom("run" as const, "step" as const);

type Mishap = "none" | "repeat" | "drop" | "disconnect" | "connect" | "history-asked" | "history-answered";
const mishap = fc.constantFrom<Mishap>(
  ...(["none", "none", "repeat", "drop", "disconnect", "connect", "history-asked", "history-answered"] as const),
);

test("shows each message once and loses none, whatever is repeated, dropped, cut off or read in between", () => {
  fc.assert(fc.property(fc.array(script, SOME), inFlightOf, fc.array(mishap, { maxLength: 60 }), check), {
    numRuns: 1_500,
  });
});

test("streams every word as it is said over a connection that holds", () => {
  fc.assert(fc.property(fc.array(script, SOME), inFlightOf, (parts, of) => check(parts, of, [])));
});

function check(
  parts: readonly Omit<Script, "runId" | "question">[],
  inFlightOf: "run" | "step",
  mishaps: readonly Mishap[],
): void {
  const scripts = parts.map((part, index) => ({ ...part, runId: `run${index}`, question: `question ${index}` }));
  const session = simulateSession(scripts, inFlightOf);
  let state: Conversation = emptyConversation;
  let online = true;
  let asked: ReturnType<typeof session.history> | undefined;
  const past: Emitted[] = [];
  const apply = (action: ConversationAction) => {
    state = reduceConversation(state, action);
    expectNothingDoubled(state, scripts, past);
  };
  const readHistory = () => {
    apply({ type: "history-asked" });
    apply({ type: "history", history: session.history(), older: false, atMs: 0 });
  };

  for (const { runId, question } of scripts) apply({ type: "sent", runId, text: question, atMs: 0 });
  readHistory();
  const queue = [...mishaps];
  for (let emitted = session.advance(); emitted !== undefined; emitted = session.advance()) {
    const next = queue.shift() ?? "none";
    past.push(...emitted);
    if (next === "disconnect") {
      online = false;
      asked = undefined;
    }
    if (next === "connect" && !online) {
      online = true;
      apply({ type: "reconnected" });
      apply({ type: "history-asked" });
      asked = session.history();
    }
    if (next === "drop") apply({ type: "missed" });
    else if (online) for (const event of emitted) apply({ ...event, atMs: 0 });
    const repeated = past[past.length >> 1];
    if (next === "repeat" && online && repeated) apply({ ...repeated, atMs: 0 });
    if (next === "history-asked" && online) {
      apply({ type: "history-asked" });
      asked = session.history();
    }
    if (next === "history-answered" && online && asked) {
      apply({ type: "history", history: asked, older: false, atMs: 0 });
      asked = undefined;
    }
    if (mishaps.length === 0) expectSaidSoFar(state, past);
  }
  apply({ type: "reconnected" });
  readHistory();

  const truth = reduceConversation(emptyConversation, {
    type: "history",
    history: session.history(),
    older: false,
    atMs: 0,
  });
  const withoutWatching = (conversation: Conversation) =>
    turnsOf(conversation).map(({ key, parts }) => ({ key, parts: parts.map(withoutOutput) }));
  expect(withoutWatching(state)).toEqual(withoutWatching(truth));
  expect(turnsOf(state).map(({ status }) => status)).not.toContain("working");
}

/** Only a page that was there knows what a command printed when. */
function withoutOutput(part: TurnPart): TurnPart {
  return part.kind === "tool" ? { kind: "tool", call: { ...part.call, output: [], omitted: 0 } } : part;
}

function expectNothingDoubled(state: Conversation, scripts: readonly Script[], past: readonly Emitted[]): void {
  const turns = turnsOf(state);
  const questions = turns.flatMap((turn) => turn.parts.filter(({ kind }) => kind === "user"));
  expect(new Set(turns.map(({ key }) => key)).size).toBe(turns.length);
  expect(questions.length).toBeLessThanOrEqual(scripts.length);
  for (const turn of turns) {
    const calls = turn.parts.flatMap((part) => (part.kind === "tool" ? [part.call.callId] : []));
    expect(new Set(calls).size).toBe(calls.length);
    expect(wordsOf(turn).length).toBeLessThanOrEqual(saidIn(turn.key, past).length);
  }
}

function expectSaidSoFar(state: Conversation, past: readonly Emitted[]): void {
  for (const turn of turnsOf(state)) expect(wordsOf(turn)).toBe(saidIn(turn.key, past));
}

function wordsOf({ parts }: Turn): string {
  return parts.map((part) => (part.kind === "text" ? part.text : "")).join("");
}

function saidIn(runId: string, past: readonly Emitted[]): string {
  return past.map(({ event }) => (event.runId === runId && "deltaText" in event ? event.deltaText : "")).join("");
}
