import type { RunRow } from "@claw/protocol";
import { type ReactElement, useState } from "react";
import type { Conversation, Turn } from "../conversation/conversation.ts";
import type { ConversationStore } from "../conversation/conversation-store.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import { Scroller } from "../ui/scroller.tsx";
import { queuedTurns } from "./turn-aside.ts";
import { TurnView } from "./turn-view.tsx";
import { useStickToEnd } from "./use-stick-to-end.ts";

export interface TranscriptProps {
  readonly store: ConversationStore;
  readonly conversation: Conversation;
  readonly turns: readonly Turn[];
  readonly runs: ReadonlyMap<string, RunRow>;
}

export function Transcript({ store, conversation, turns, runs }: TranscriptProps): ReactElement {
  const { scroller, content, atEnd, toEnd } = useStickToEnd();
  const { loaded, problem, hasOlder } = conversation;
  const queued = queuedTurns(turns);
  return (
    <div className="relative min-h-0 flex-1">
      <Scroller ref={scroller} label="Conversation" className="h-full overflow-y-auto">
        <div ref={content} className="mx-auto w-full max-w-3xl space-y-9 px-4 py-8 sm:px-6">
          {hasOlder && <OlderButton onLoad={store.loadOlder} />}
          {!loaded && problem === undefined && turns.length === 0 && <Skeleton />}
          {problem !== undefined && (
            <div role="alert" className="rounded-xl border border-bad/40 bg-bad-tint p-4 text-sm">
              <p className="mb-3">The conversation can't be read: {problem}</p>
              <Button onClick={() => store.dispatch({ type: "missed" })}>Try again</Button>
            </div>
          )}
          {turns.map((turn) => (
            <TurnView
              key={turn.key}
              turn={turn}
              queued={queued.has(turn)}
              run={turn.runId === undefined ? undefined : runs.get(turn.runId)}
              store={store}
            />
          ))}
        </div>
      </Scroller>
      {!atEnd && (
        <button
          type="button"
          onClick={toEnd}
          className="rise absolute inset-x-0 bottom-3 mx-auto flex w-fit items-center gap-2 rounded-full border bg-raised px-3.5 py-1.5 text-[13px] shadow-lg shadow-black/10 hover:bg-panel"
        >
          <Icon name="down" className="size-3.5" /> Latest
        </button>
      )}
    </div>
  );
}

function OlderButton({ onLoad }: { readonly onLoad: () => Promise<void> }): ReactElement {
  const [loading, setLoading] = useState(false);
  return (
    <div className="text-center">
      <Button
        disabled={loading}
        onClick={() => {
          setLoading(true);
          onLoad()
            .catch(() => undefined)
            .finally(() => setLoading(false));
        }}
      >
        {loading ? "Loading…" : "Earlier messages"}
      </Button>
    </div>
  );
}

function Skeleton(): ReactElement {
  return (
    <div role="status" aria-label="Loading the conversation" className="breathe space-y-4">
      <div className="ml-auto h-10 w-2/5 rounded-2xl bg-sunken" />
      <div className="h-4 w-11/12 rounded bg-sunken" />
      <div className="h-4 w-3/4 rounded bg-sunken" />
    </div>
  );
}
