import type { Conversation, LiveRun, PendingMessage, Turn, TurnPart } from "./conversation.ts";
import { withLiveOutput } from "./live-output.ts";

/** The conversation as it is shown: each message once, whether it comes from the record, from events or from here. */
export function turnsOf({ recorded, runs, tools, pending }: Conversation): readonly Turn[] {
  const waiting = new Map(pending.map((message) => [message.runId, message]));
  const shown = new Set(recorded.map(({ key }) => key));
  const rest = new Set([...waiting.keys(), ...runs.keys()].filter((runId) => !shown.has(runId)));
  return [
    ...recorded.map((turn) => merge(turn, runs.get(turn.key), undefined, tools)),
    ...[...rest].map((runId) => {
      const message = waiting.get(runId);
      const run = runs.get(runId);
      const atMs = message?.sentAtMs ?? run?.firstSeenMs ?? 0;
      return merge({ key: runId, runId, parts: [], status: "working", atMs }, run, message, tools);
    }),
  ];
}

/** Whether anything is under way that could be stopped. */
export function isWorking(turns: readonly Turn[]): boolean {
  return turns.some(({ status }) => status === "working");
}

function merge(
  turn: Turn,
  run: LiveRun | undefined,
  message: PendingMessage | undefined,
  tools: Conversation["tools"],
): Turn {
  // The same object for the same turn: what is over is not drawn again for each word of what is not.
  if (run === undefined && message === undefined) return turn;
  const parts = withLiveOutput(turn.parts, tools);
  const asked: readonly TurnPart[] = message === undefined ? parts : [{ kind: "user", text: message.text }];
  if (run === undefined) return { ...turn, parts: asked, ...pendingStatus(message) };
  const { phase, retry, outcome, spans, firstSeenMs } = run;
  return {
    ...turn,
    parts: [...asked, ...liveTail(asked, liveParts(run, tools))],
    status: outcome?.state ?? "working",
    spans,
    firstSeenMs,
    ...(outcome?.message !== undefined && { reason: outcome.message }),
    ...(phase !== undefined && { phase }),
    ...(retry !== undefined && { retry }),
  };
}

function pendingStatus(message: PendingMessage | undefined): Partial<Turn> {
  if (message === undefined) return {};
  const { state, reason } = message;
  return { status: state === "accepted" ? "working" : state, ...(reason !== undefined && { reason }) };
}

function liveParts({ parts }: LiveRun, tools: Conversation["tools"]): readonly TurnPart[] {
  return parts.flatMap((part): readonly TurnPart[] => {
    if (part.kind === "text") return [part];
    const call = tools.get(part.callId);
    return call === undefined ? [] : [{ kind: "tool", call }];
  });
}

/** What of the live parts the record does not hold. */
function liveTail(recorded: readonly TurnPart[], live: readonly TurnPart[]): readonly TurnPart[] {
  const calls = new Set(recorded.flatMap((part) => (part.kind === "tool" ? [part.call.callId] : [])));
  let missing = unrecordedLength(wordsOf(live), recorded);
  const tail: TurnPart[] = [];
  for (const part of live.toReversed()) {
    if (part.kind === "text") {
      const text = part.text.slice(Math.max(0, part.text.length - missing));
      missing -= text.length;
      if (text !== "") tail.push({ kind: "text", text });
    } else if (part.kind !== "tool" || !calls.has(part.call.callId)) tail.push(part);
  }
  return tail.toReversed();
}

/**
 * How much of the end of `words` is news. A page that came late, and a gateway that was restarted, know of no words
 * before some step: so the record may begin with steps that `words` lack.
 */
function unrecordedLength(words: string, recorded: readonly TurnPart[]): number {
  const stepStarts = recorded.flatMap((part, index) => (part.kind === "tool" ? [index + 1] : []));
  for (const start of [0, ...stepStarts]) {
    const known = wordsOf(recorded.slice(start));
    if (known.startsWith(words)) return 0;
    if (known !== "" && words.startsWith(known)) return words.length - known.length;
  }
  return words.length;
}

function wordsOf(parts: readonly TurnPart[]): string {
  return parts.map((part) => (part.kind === "text" ? part.text : "")).join("");
}
