import type { Clock, GivenAnswers, Inquiry, Principal, Provenance, Question, ToolCall } from "@claw/core";
import { OWNER } from "./auth.ts";
import type { RunRef } from "./events.ts";
import { type Inquiries, inquiryOf } from "./inquiries.ts";
import type { ActiveRun } from "./runs.ts";
import { untilAnswered, type WaitingCall } from "./until-answered.ts";

/** The call that asks. */
interface AskingCall extends WaitingCall<Inquiry> {
  readonly ref: RunRef;
  readonly run: Pick<ActiveRun, "principal" | "provenance" | "timeline">;
  readonly call: ToolCall;
}

/** Asks the people of a session what a tool wants to know; `undefined` when there is no answer. */
export type AskPeople = (
  call: AskingCall,
  questions: readonly Question[],
  timeoutMs: number,
) => Promise<GivenAnswers | undefined>;

export function createAskPeople({ inquiries, clock }: { inquiries: Inquiries; clock: Clock }): AskPeople {
  return async ({ ref, run, call, ...waiting }, questions, timeoutMs) => {
    const { principal, timeline } = run;
    const asked = { run: ref.run, call: call.id, agent: ref.agent, session: ref.session, principal, questions };
    const endQuestion = timeline.begin("question", call.tool);
    try {
      const { answer } = await untilAnswered(inquiries, inquiryOf(clock, asked, timeoutMs), waiting);
      const answers = answer?.answers;
      return answers && { answers, provenance: saidBy(answer?.by, run) };
    } finally {
      endQuestion();
    }
  };
}

/** Who asked for the turn says no more than the turn was begun with; whoever else answers is not the owner. */
function saidBy(
  by: string | undefined,
  { principal, provenance }: { principal: Principal; provenance: Provenance },
): Provenance {
  if (by === principal.id) return { ...provenance, because: [] };
  if (by === OWNER.id) return { origins: ["owner"], trust: "trusted", because: [] };
  return { origins: ["member"], trust: "untrusted", because: [] };
}
