import type { ChatHistory, HistoryMessage, RunRow, SessionRow } from "@claw/protocol";

type Entry = HistoryMessage extends infer Message
  ? Message extends HistoryMessage
    ? Omit<Message, "timestamp" | "__openclaw">
    : never
  : never;

/** A session as the fake gateway keeps it. */
export interface FakeSession {
  readonly sessionKey: string;
  readonly agentId: string;
  readonly runs: RunRow[];
  inFlight?: { readonly runId: string; readonly text: string; readonly seq: number };
  record(entry: Entry, timestamp?: number): void;
  begin(run: RunRow): void;
  finish(run: RunRow): void;
  history(limit: number, offset: number): ChatHistory;
  row(): SessionRow;
}

export function createFakeSession(sessionKey: string, onChange: (row: SessionRow) => void): FakeSession {
  const messages: HistoryMessage[] = [];
  const active = new Set<string>();
  const agentId = sessionKey.split(":")[1] ?? "main";
  const startedAt = Date.now();

  const session: FakeSession = {
    sessionKey,
    agentId,
    runs: [],
    record(entry, timestamp = Date.now()) {
      const seq = messages.length + 1;
      messages.push({ ...entry, timestamp, __openclaw: { id: `${sessionKey}#${seq}`, seq, kind: "message" } });
    },
    begin(run) {
      session.runs.unshift(run);
      active.add(run.runId);
      onChange(session.row());
    },
    finish(run) {
      active.delete(run.runId);
      onChange(session.row());
    },
    history(limit, offset) {
      const end = Math.max(0, messages.length - offset);
      const start = Math.max(0, end - limit);
      return {
        sessionKey,
        sessionId: sessionKey,
        messages: messages.slice(start, end),
        hasMore: start > 0,
        ...(start > 0 && { nextOffset: messages.length - start }),
        sessionInfo: { hasActiveRun: active.size > 0, activeRunIds: [...active] },
        ...(session.inFlight?.text && { inFlightRun: session.inFlight }),
      };
    },
    row() {
      const first = messages.find(({ role }) => role === "user")?.content[0];
      return {
        key: sessionKey,
        kind: "direct",
        agentId,
        isMain: sessionKey.endsWith(":main"),
        sessionId: sessionKey,
        startedAt,
        updatedAt: messages.at(-1)?.timestamp ?? startedAt,
        ...(first?.type === "text" && { derivedTitle: first.text.slice(0, 60) }),
        archived: false,
        hasActiveRun: active.size > 0,
        activeRunIds: [...active],
      };
    },
  };
  return session;
}
