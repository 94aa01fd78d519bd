import type { AgentEvent, Clock, CompactionReason, Message, Model, SummaryMessage, Turn } from "@claw/core";
import { cutText } from "./cut.ts";
import { deadline } from "./deadline.ts";
import { digest } from "./digest.ts";
import type { ContextLimits } from "./limits.ts";
import { splitPoint } from "./split.ts";
import { type Summary, summarise } from "./summarise.ts";
import { sumTokens, textTokens } from "./tokens.ts";

/** What is about to leave the model's sight. */
export interface Leaving {
  readonly session: string;
  readonly run: string;
  readonly messages: readonly Message[];
  /** Fires when the time for it is over. */
  readonly signal: AbortSignal;
}

/** Called before a compaction, to note down elsewhere what should not be forgotten. */
export type BeforeCompaction = (leaving: Leaving) => Promise<void>;

export interface CompactOptions {
  readonly turn: Turn;
  /** Who writes the summary; without one it is a digest. */
  readonly writer: Model | undefined;
  readonly limits: ContextLimits;
  readonly keepTokens: number;
  readonly reason: CompactionReason;
  readonly timeoutMs: number;
  readonly before: BeforeCompaction | undefined;
  readonly clock: Clock;
}

const BEFORE_TIMEOUT_MS = 30_000;
const MAX_SUMMARY_TOKENS = 4_000;
/** Of the request that is being worked on, when its message leaves. */
const REQUEST_CHARACTERS = 2_000;

/**
 * Puts a summary in the place of the older messages and returns what the model is given from then on; the same list
 * when there is nothing older. Comes to its end within its time, with or without a model.
 */
export async function* compact(
  messages: readonly Message[],
  options: CompactOptions,
): AsyncGenerator<AgentEvent, readonly Message[]> {
  const { turn, writer, limits, keepTokens, reason, timeoutMs, before, clock } = options;
  const start = splitPoint(messages, keepTokens);
  if (start === 0) return messages;
  yield { type: "compaction", phase: "start", reason };
  const leaving = messages.slice(0, start);
  const kept = messages.slice(start);
  if (before !== undefined && !(await calledInTime(before, turn, leaving, clock))) {
    yield {
      type: "warning",
      text: "What was noted before the compaction may be incomplete: it failed or took too long.",
    };
  }
  const summaryTokens = Math.max(50, Math.min(MAX_SUMMARY_TOKENS, Math.floor(limits.request / 8)));
  const chunkTokens = Math.floor(limits.request - 2 * summaryTokens);
  using summarising = deadline(clock, timeoutMs, turn.signal);
  const { signal } = summarising;
  const written = writer && (await summarise(leaving, { model: writer, chunkTokens, summaryTokens, signal }));
  if (turn.signal.aborted) return messages;
  const text = written?.text ?? digest(leaving, summaryTokens * 3);
  const request = reason === "manual" ? "" : openRequest(leaving, kept, summaryTokens);
  const message = summaryMessage(text + request, messages, kept, written);
  // Nothing is in need of room then, and of a short conversation the words themselves say more.
  if (reason === "manual" && message.tokensAfter >= message.tokensBefore) return messages;
  yield { type: "compaction", phase: "end", message };
  return [message, ...kept];
}

function summaryMessage(
  text: string,
  messages: readonly Message[],
  kept: readonly Message[],
  written: Summary | undefined,
): SummaryMessage {
  return {
    role: "summary",
    text,
    kept: kept.length,
    tokensBefore: sumTokens(messages),
    tokensAfter: sumTokens(kept) + textTokens(text),
    ...(written === undefined ? {} : { model: written.model }),
    ...(written?.usage === undefined ? {} : { usage: written.usage }),
  };
}

/** In the middle of a long turn the request itself leaves; the model must still know it word for word. */
function openRequest(leaving: readonly Message[], kept: readonly Message[], summaryTokens: number): string {
  if (kept.some(({ role }) => role === "user")) return "";
  const request = leaving.findLast((message) => message.role === "user");
  if (request === undefined) return "";
  return `\n\nThe request being worked on now, word for word:\n${cutText(request.text, Math.min(REQUEST_CHARACTERS, summaryTokens * 3))}`;
}

async function calledInTime(
  before: BeforeCompaction,
  turn: Turn,
  messages: readonly Message[],
  clock: Clock,
): Promise<boolean> {
  const { session, run } = turn;
  using calling = deadline(clock, BEFORE_TIMEOUT_MS, turn.signal);
  const { signal } = calling;
  const { promise: late, resolve } = Promise.withResolvers<false>();
  signal.addEventListener("abort", () => resolve(false), { once: true });
  const called = async (): Promise<true> => {
    await before({ session, run, messages, signal });
    return true;
  };
  return await Promise.race([called().catch(() => false), late]);
}
