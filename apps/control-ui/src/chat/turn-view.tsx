import type { RunRow } from "@claw/protocol";
import { memo, type ReactElement } from "react";
import type { Turn, TurnPart } from "../conversation/conversation.ts";
import type { ConversationStore } from "../conversation/conversation-store.ts";
import { AnswerText } from "./answer-text.tsx";
import { GatewayReply } from "./gateway-reply.tsx";
import { SummaryMark } from "./summary-mark.tsx";
import { ToolCard } from "./tool-card.tsx";
import { asideOf } from "./turn-aside.ts";
import { TurnFooter } from "./turn-footer.tsx";
import { TurnAside, TurnNotice } from "./turn-notice.tsx";
import { UserMessage } from "./user-message.tsx";

export interface TurnViewProps {
  readonly turn: Turn;
  /** What the gateway keeps of the turn's run. */
  readonly run: RunRow | undefined;
  /** A turn before it is still going on. */
  readonly queued: boolean;
  readonly store: ConversationStore;
}

/** A question, the work on it and the answer. */
export const TurnView = memo(function TurnView({ turn, run, queued, store }: TurnViewProps): ReactElement {
  const failed = turn.status === "done" && run?.state === "error" ? "error" : turn.status;
  const reason = turn.reason ?? run?.error?.message;
  const shown: Turn = { ...turn, status: failed, ...(reason !== undefined && { reason }) };
  const aside = asideOf(shown, run, queued);
  return (
    <article aria-label={labelOf(turn)} className="space-y-4">
      {turn.parts.map((part, index) => (
        <Part key={keyOf(part, index)} part={part} streaming={turn.status === "working"} />
      ))}
      {aside === undefined ? <TurnNotice turn={shown} store={store} /> : <TurnAside text={aside} />}
      {aside === undefined && turn.runId !== undefined && hasFooter(shown) && (
        <TurnFooter turn={shown} runId={turn.runId} run={run} />
      )}
    </article>
  );
});

function Part({ part, streaming }: { readonly part: TurnPart; readonly streaming: boolean }): ReactElement {
  switch (part.kind) {
    case "user":
      return <UserMessage text={part.text} />;
    case "summary":
      return <SummaryMark text={part.text} />;
    case "text":
      if (part.byGateway) return <GatewayReply text={part.text} />;
      return <AnswerText text={part.text} streaming={streaming} />;
    case "tool":
      return <ToolCard call={part.call} live={streaming} />;
  }
}

/** What was never sent took no time, and what the gateway says itself takes none. */
function hasFooter({ status, parts }: Turn): boolean {
  if (status === "waiting" || status === "refused") return false;
  return !parts.some((part) => part.kind === "text" && part.byGateway);
}

function keyOf(part: TurnPart, index: number): string {
  return part.kind === "tool" ? part.call.callId : `${part.kind}${index}`;
}

function labelOf({ parts }: Turn): string {
  const question = parts.find((part) => part.kind === "user");
  return question?.kind === "user" ? question.text.slice(0, 80) : "Message";
}
