import type { AssistantMessage, Entry, Run, Usage } from "@claw/core";
import type {
  AssistantHistoryMessage,
  HistoryMessage,
  RunRow,
  StopReason,
  TextBlock,
  TokenUsage,
} from "@claw/protocol";

/** A journal entry as clients display it; text blocks are cut to `maxCharacters`. */
export function historyMessage(entry: Entry, maxCharacters = Number.POSITIVE_INFINITY): HistoryMessage {
  const { message, sequence, run } = entry;
  const base = {
    timestamp: entry.at.getTime(),
    runId: run,
    __openclaw: { id: messageId(entry.session, sequence), seq: sequence, kind: "message" as const },
  };
  const cut = (text: string): TextBlock => ({ type: "text", text: text.slice(0, maxCharacters) });
  switch (message.role) {
    case "user":
      return { ...base, role: "user", content: [cut(message.text)] };
    case "tool": {
      const { callId, tool, output, failed, details } = message;
      const extra = details === undefined ? {} : { details };
      return {
        ...base,
        role: "toolResult",
        toolCallId: callId,
        toolName: tool,
        content: [cut(output)],
        isError: failed,
        ...extra,
      };
    }
    case "assistant":
      return { ...base, ...assistant(message, cut) };
    case "summary":
      return {
        ...base,
        __openclaw: { ...base.__openclaw, kind: "compaction" },
        role: "system",
        content: [cut(message.text)],
      };
  }
}

export function messageId(session: string, sequence: number): string {
  return `${session}#${sequence}`;
}

/** Where in `session` a message stands; 0 when the id is of none there. */
export function sequenceOf(session: string, id: string): number {
  const sequence = Number(id.slice(id.lastIndexOf("#") + 1));
  return Number.isSafeInteger(sequence) && id === messageId(session, sequence) ? sequence : 0;
}

function assistant(
  message: AssistantMessage,
  cut: (text: string) => TextBlock,
): Omit<AssistantHistoryMessage, "timestamp"> {
  const calls = message.toolCalls.map(
    ({ id, tool, input }) => ({ type: "toolCall", id, name: tool, arguments: input }) as const,
  );
  const [provider = "", ...model] = message.model.split("/");
  return {
    role: "assistant",
    content: [...(message.text === "" ? [] : [cut(message.text)]), ...calls],
    provider,
    model: model.join("/"),
    stopReason: STOP_REASONS[message.stop],
    ...(message.usage === undefined ? {} : { usage: tokens(message.usage) }),
  };
}

const STOP_REASONS: Readonly<Record<AssistantMessage["stop"], StopReason>> = {
  stop: "stop",
  "tool-calls": "toolUse",
  length: "length",
  aborted: "aborted",
  error: "error",
};

function tokens({ inputTokens: input, outputTokens: output, cachedInputTokens: cacheRead }: Usage): TokenUsage {
  return {
    ...(input === undefined ? {} : { input }),
    ...(output === undefined ? {} : { output }),
    ...(cacheRead === undefined ? {} : { cacheRead }),
    ...(input === undefined || output === undefined ? {} : { totalTokens: input + output }),
  };
}

/** A run's answer, before it has a place in the transcript. */
export function answerMessage(text: string, timestamp: number): AssistantHistoryMessage {
  return { role: "assistant", content: [{ type: "text", text }], timestamp };
}

export function runRow(run: Run): RunRow {
  const { id, session, state, acceptedAt, endedAt, answeredBy, error, timeline } = run;
  return {
    runId: id,
    sessionKey: session,
    state,
    acceptedAt: acceptedAt.getTime(),
    ...(endedAt === undefined ? {} : { endedAt: endedAt.getTime() }),
    ...(answeredBy === undefined ? {} : { answeredBy }),
    ...(error === undefined ? {} : { error }),
    timeline,
  };
}
