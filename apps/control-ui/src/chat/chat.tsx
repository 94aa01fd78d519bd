import type { RunRow, SessionRow } from "@claw/protocol";
import { type ReactElement, useCallback, useEffect, useState } from "react";
import { ApprovalCards } from "../approvals/approval-cards.tsx";
import { isWorking } from "../conversation/turns.ts";
import { useRuns } from "../gateway/queries.ts";
import { QuestionCards } from "../questions/question-cards.tsx";
import { Announcer } from "./announcer.tsx";
import { Composer } from "./composer.tsx";
import { ContextUse } from "./context-use.tsx";
import { EmptyState } from "./empty-state.tsx";
import { Transcript } from "./transcript.tsx";
import { useConversation } from "./use-conversation.ts";

export interface ChatProps {
  readonly sessionKey: string;
  /** The session as the gateway lists it; absent before its first message. */
  readonly row: SessionRow | undefined;
}

/** One session: what was said, and where to say more. */
export function Chat({ sessionKey, row }: ChatProps): ReactElement {
  const { store, conversation, turns } = useConversation(sessionKey);
  const runs = useRunsById(sessionKey, conversation.recorded.length);
  const [stopping, setStopping] = useState(false);
  const working = isWorking(turns);
  useEffect(() => {
    if (!working) setStopping(false);
  }, [working]);

  const send = useCallback((text: string) => store.send(text), [store]);
  const stop = useCallback(() => {
    setStopping(true);
    store.abort().catch(() => setStopping(false));
  }, [store]);

  const isEmpty = conversation.loaded && turns.length === 0;
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      {isEmpty ? (
        <EmptyState onPick={send} />
      ) : (
        <Transcript store={store} conversation={conversation} turns={turns} runs={runs} />
      )}
      <ApprovalCards sessionKey={sessionKey} />
      <QuestionCards sessionKey={sessionKey} />
      <Composer
        key={sessionKey}
        draftKey={sessionKey}
        working={working}
        stopping={stopping}
        onSend={send}
        onStop={stop}
        readOnly={row?.access === "read"}
        aside={<ContextUse row={row} />}
      />
      <Announcer turns={turns} />
    </div>
  );
}

/** What the gateway keeps of each run; asked again when the record grows. */
function useRunsById(sessionKey: string, recorded: number): ReadonlyMap<string, RunRow> {
  const { data, refetch } = useRuns(sessionKey);
  useEffect(() => {
    if (recorded > 0) void refetch();
  }, [recorded, refetch]);
  return new Map((data?.runs ?? []).map((run) => [run.runId, run]));
}
