import type { Inquiry } from "@claw/core";
import type { QuestionResolvedEvent } from "@claw/protocol";
import type { Audiences } from "../audiences.ts";
import { askedPeers } from "./asked-peers.ts";
import type { Peer } from "./peers.ts";
import { questionRow, questionWait } from "./wire-questions.ts";

export type TellQuestion = (event: "requested" | "resolved", inquiry: Inquiry) => void;

/** Tells those who may see what is asked, and how it ended. */
export function createTellQuestion(peers: ReadonlySet<Peer>, audiences: Pick<Audiences, "accessOf">): TellQuestion {
  return (event, inquiry) => {
    const payload = JSON.stringify(event === "requested" ? questionRow(inquiry) : resolved(inquiry));
    for (const peer of askedPeers(peers, audiences, inquiry, "operator.questions")) {
      peer.sendEvent(`question.${event}`, payload);
    }
  };
}

function resolved(inquiry: Inquiry): QuestionResolvedEvent {
  const end = questionWait(inquiry);
  return { id: inquiry.id, ...(end.status === "pending" ? { status: "cancelled" } : end) };
}

/** What the session is told that waits; the way to answer is named, because nobody may be looking. */
export function questionNotice({ id, questions, expiresAt }: Inquiry, now: Date): string {
  const minutes = Math.max(1, Math.round((expiresAt.getTime() - now.getTime()) / 60_000));
  return [
    ...questions.flatMap(({ question, options }) => [
      question,
      ...options.map(({ label, description }, index) =>
        description === undefined ? `  ${index + 1}. ${label}` : `  ${index + 1}. ${label}: ${description}`,
      ),
    ]),
    `Answer in the dashboard, or with: claw questions answer ${id} <number or text>`,
    `Without an answer the agent goes on by itself in ${minutes} minute${minutes === 1 ? "" : "s"}.`,
    "",
  ].join("\n");
}
