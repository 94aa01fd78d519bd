import type { HistoryMessage } from "@claw/protocol";
import type { Turn, TurnPart } from "./conversation.ts";
import { joinText } from "./tool-events.ts";

/** Adds messages to the record by their id; one without a place in the transcript is still being said, and left out. */
export function withMessages(
  record: ReadonlyMap<string, HistoryMessage>,
  messages: readonly HistoryMessage[],
): ReadonlyMap<string, HistoryMessage> {
  const marked = messages.flatMap((message) =>
    message.__openclaw === undefined ? [] : [[message.__openclaw.id, message] as const],
  );
  return new Map([...record, ...marked]);
}

/** Whether a newest page leaves no hole between itself and the record. */
export function joins(record: ReadonlyMap<string, HistoryMessage>, page: readonly HistoryMessage[]): boolean {
  const newestKnown = Math.max(0, ...[...record.values()].map(seqOf));
  return page.length === 0 || page.some((message) => seqOf(message) <= newestKnown + 1);
}

/** What of the record is older than a newest page; the page says what there is from its first message on. */
export function olderThan(
  record: ReadonlyMap<string, HistoryMessage>,
  page: readonly HistoryMessage[],
): ReadonlyMap<string, HistoryMessage> {
  const first = Math.min(...page.flatMap((message) => message.__openclaw?.seq ?? []));
  return new Map([...record].filter(([, message]) => page.length > 0 && seqOf(message) < first));
}

const seqOf = (message: HistoryMessage): number => message.__openclaw?.seq ?? 0;

type Growing = { -readonly [Key in keyof Turn]: Turn[Key] } & { parts: TurnPart[] };

/** Groups the record by run; a message that names no run belongs to the question before it. */
export function recordedTurns(record: ReadonlyMap<string, HistoryMessage>): readonly Turn[] {
  const turns = new Map<string, Growing>();
  let latest: Growing | undefined;
  const ordered = [...record.values()].sort((left, right) => seqOf(left) - seqOf(right));
  for (const message of ordered) {
    const known = message.runId === undefined ? undefined : turns.get(message.runId);
    const continues = message.runId === undefined && message.role !== "user" ? latest : undefined;
    const turn = known ?? continues ?? newTurn(message);
    turns.set(turn.key, turn);
    addMessage(turn, message);
    latest = turn;
  }
  return [...turns.values()];
}

function newTurn({ runId, timestamp, __openclaw }: HistoryMessage): Growing {
  const key = runId ?? __openclaw?.id ?? "";
  return { key, ...(runId !== undefined && { runId }), parts: [], status: "done", atMs: timestamp };
}

function addMessage(turn: Growing, message: HistoryMessage): void {
  switch (message.role) {
    case "user":
      turn.parts.push({ kind: "user", text: joinText(message.content) });
      return;
    case "system":
      turn.parts.push({ kind: "summary", text: joinText(message.content) });
      return;
    case "assistant": {
      const byGateway = message.provider === "claw";
      for (const block of message.content) {
        if (block.type === "toolCall") {
          const { id: callId, name, arguments: args } = block;
          turn.parts.push({ kind: "tool", call: { callId, name, args, state: "running", output: [], omitted: 0 } });
        } else if (block.text !== "") {
          turn.parts.push({ kind: "text", text: block.text, ...(byGateway && { byGateway: true }) });
        }
      }
      turn.status = message.stopReason === "aborted" || message.stopReason === "error" ? message.stopReason : "done";
      if (message.model !== undefined && !byGateway) turn.model = message.model;
      if (message.usage !== undefined) turn.usage = message.usage;
      return;
    }
    case "toolResult": {
      const { toolCallId: callId, toolName: name, isError, details, content } = message;
      const index = turn.parts.findLastIndex((part) => part.kind === "tool" && part.call.callId === callId);
      const asked = turn.parts[index];
      const call = asked?.kind === "tool" ? asked.call : { callId, name, args: undefined, output: [], omitted: 0 };
      const state = isError ? "failed" : "done";
      const part: TurnPart = {
        kind: "tool",
        call: { ...call, state, result: joinText(content), ...(details && { details }) },
      };
      if (index === -1) turn.parts.push(part);
      else turn.parts[index] = part;
    }
  }
}
