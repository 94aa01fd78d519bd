import type { RunRow } from "@claw/protocol";
import type { Turn } from "../conversation/conversation.ts";

/** Where a message's answer is to be looked for when that is not under it; `queued` says a turn before it goes on. */
export function asideOf(
  { parts, status }: Pick<Turn, "parts" | "status">,
  run: Pick<RunRow, "answeredBy"> | undefined,
  queued: boolean,
): string | undefined {
  if (run?.answeredBy !== undefined && status === "done") return "Read and answered in the turn above";
  const unanswered = parts.every(({ kind }) => kind === "user");
  return queued && unanswered ? "Queued: read at the next step, or answered next" : undefined;
}

/** The turns that wait for one before them. */
export function queuedTurns(turns: readonly Turn[]): ReadonlySet<Turn> {
  return new Set(turns.filter(({ status }) => status === "working").slice(1));
}
