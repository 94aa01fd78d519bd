import type { ChatEvent, ChatHistory, HistoryMessage } from "@claw/protocol";
import { expect, test } from "vitest";
import { type Conversation, emptyConversation } from "./conversation.ts";
import { type ConversationAction, reduceConversation } from "./reducer.ts";
import { isWorking, turnsOf } from "./turns.ts";

const base = { runId: "r1", sessionKey: "agent:main:main", agentId: "main" };
const play = (...actions: readonly ConversationAction[]): Conversation =>
  actions.reduce(reduceConversation, emptyConversation);
const sent = { type: "sent", runId: "r1", text: "hello", atMs: 1 } as const;
const chat = (seq: number, data: object): ConversationAction => ({
  type: "chat",
  event: { ...base, seq, ...data } as ChatEvent,
  atMs: 2,
});
const delta = (seq: number, deltaText: string, more: object = {}) => chat(seq, { state: "delta", deltaText, ...more });
const history = (messages: readonly HistoryMessage[], more: Partial<ChatHistory> = {}): ConversationAction => ({
  type: "history",
  older: false,
  atMs: 3,
  history: {
    sessionKey: base.sessionKey,
    sessionId: "s1",
    messages,
    hasMore: false,
    sessionInfo: { hasActiveRun: false, activeRunIds: [] },
    ...more,
  },
});
const message = (seq: number, role: "user" | "assistant", text: string, runId = "r1"): HistoryMessage => ({
  role,
  runId,
  timestamp: seq,
  content: [{ type: "text", text }],
  __openclaw: { id: `m${seq}`, seq, kind: "message" },
});
const active = { sessionInfo: { hasActiveRun: true, activeRunIds: ["r1"] } };
const shown = (state: Conversation) =>
  turnsOf(state).map(({ status, parts }) => [
    status,
    ...parts.map((part) => (part.kind === "tool" ? part.call.name : part.text)),
  ]);

test("a message is shown at once, and stays one message when the record has it too", () => {
  expect(shown(play(sent))).toEqual([["waiting", "hello"]]);
  expect(shown(play(sent, { type: "accepted", runId: "r1", over: false }))).toEqual([["working", "hello"]]);
  expect(shown(play(sent, history([message(1, "user", "hello")], active)))).toEqual([["working", "hello"]]);
});

test("a refused message keeps its words and says why, until it is sent again or discarded", () => {
  const refused = play(sent, { type: "refused", runId: "r1", reason: "too long" });
  expect(turnsOf(refused)[0]).toMatchObject({ status: "refused", reason: "too long" });
  expect(shown(reduceConversation(refused, { type: "retried", runId: "r1" }))).toEqual([["waiting", "hello"]]);
  expect(shown(reduceConversation(refused, { type: "discarded", runId: "r1" }))).toEqual([]);
});

test("text ahead of a missing event is held back and asks for history, which brings it", () => {
  const gap = play(sent, delta(1, "one "), delta(3, "three"));
  expect(shown(gap)).toEqual([["working", "hello", "one "]]);
  expect(gap.stale).toBe(true);
  const inFlightRun = { runId: "r1", text: "one two ", seq: 2 };
  const mended = [
    { type: "history-asked" } as const,
    history([message(1, "user", "hello")], { ...active, inFlightRun }),
  ];
  expect(shown(mended.reduce(reduceConversation, gap))).toEqual([["working", "hello", "one two three"]]);
});

test("a replacing delta stands in place of all the text so far", () => {
  expect(shown(play(sent, delta(1, "Helo"), delta(2, "Hello", { replace: true })))).toEqual([
    ["working", "hello", "Hello"],
  ]);
});

test("a run that ended asks for the record, which then holds it alone", () => {
  const final = chat(2, { state: "final", message: message(2, "assistant", "Hi.") });
  const ended = play(sent, delta(1, "Hi."), final);
  expect(ended.stale).toBe(true);
  expect(isWorking(turnsOf(ended))).toBe(false);
  const answer = [message(1, "user", "hello"), message(2, "assistant", "Hi.")];
  const recorded = [{ type: "history-asked" } as const, history(answer)].reduce(reduceConversation, ended);
  expect(recorded.runs.size).toBe(0);
  expect(shown(recorded)).toEqual([["done", "hello", "Hi."]]);
});

test("a failed run keeps its reason beside what is recorded of it", () => {
  const failed = play(sent, delta(1, "Hm"), chat(2, { state: "error", errorMessage: "no credit" }));
  const after = [{ type: "history-asked" } as const, history([message(1, "user", "hello")])].reduce(
    reduceConversation,
    failed,
  );
  expect(turnsOf(after)).toMatchObject([{ status: "error", reason: "no credit" }]);
  expect(shown(after)).toEqual([["error", "hello", "Hm"]]);
});

test("a run that ended while the connection was lost is not working any more", () => {
  const lost = play(sent, delta(1, "Hi"), { type: "reconnected" }, { type: "history-asked" });
  const answer = [message(1, "user", "hello"), message(2, "assistant", "Hi there.")];
  expect(shown(reduceConversation(lost, history(answer)))).toEqual([["done", "hello", "Hi there."]]);
});

test("a run that somebody else began is shown and asks for its question", () => {
  const foreign = play(history([]), delta(1, "Hi"));
  expect(foreign.stale).toBe(true);
  expect(shown(foreign)).toEqual([["working", "Hi"]]);
});

test("a session that was begun anew forgets the old one", () => {
  const old = play(history([message(1, "user", "old")]));
  expect(shown(reduceConversation(old, history([message(1, "user", "new")], { sessionId: "s2" })))).toEqual([
    ["done", "new"],
  ]);
});

test("a newest page that does not join the record replaces it, so that there is no hole in the middle", () => {
  const before = play(history([message(1, "user", "one")]));
  const after = reduceConversation(before, history([message(9, "user", "nine", "r9")], { hasMore: true }));
  expect(shown(after)).toEqual([["done", "nine"]]);
  expect(after.hasOlder).toBe(true);
});

test("older messages go before the others and keep the newest page's place", () => {
  const before = play(history([message(2, "user", "two", "r2")], { hasMore: true }));
  const page = history([message(1, "user", "one")]);
  const after = reduceConversation(before, { ...page, older: true } as ConversationAction);
  expect(shown(after)).toEqual([
    ["done", "one"],
    ["done", "two"],
  ]);
  expect(after.hasOlder).toBe(false);
});
