import type { Inquiry, Principal, Question } from "@claw/core";
import { invalidRequest, type Params, type QuestionsResults } from "@claw/protocol";
import { questionRow, questionWait } from "../connection/wire-questions.ts";
import { answerProblem, inquiryOf, statusOf } from "../inquiries.ts";
import { answeredWithin } from "./answered-within.ts";
import { type Handlers, type MethodDeps, MethodError } from "./context.ts";
import { sessionOf } from "./session-of.ts";
import { refuseUnsupported } from "./unsupported.ts";

const DEFAULT_WAIT_MS = 30_000;
const QUESTION = ["questionId", "header", "question", "options", "multiSelect", "isOther"];

/** Methods by which people see and answer what agents want to know. */
export function questionMethods(deps: MethodDeps): Pick<Handlers, keyof QuestionsResults> {
  const { store, inquiries, clock } = deps;

  const find = async (principal: Principal, id: string): Promise<Inquiry> => {
    const inquiry = await store.as(principal).inquiries.get(id);
    if (inquiry === undefined) throw notFound(id);
    return inquiry;
  };

  return {
    async "question.request"(params, { principal }) {
      refuseUnsupported(params, ["id", "questions", "agentId", "sessionKey", "timeoutMs"]);
      const { id, agentId, sessionKey, timeoutMs } = params;
      const questions = askedIn(params);
      const { agent, session } = sessionOf(deps, sessionKey, agentId);
      // Only who may speak in a session may have its people asked something.
      const found = await store.as(principal).sessions.get(session);
      if (found === undefined) throw missing();
      if (found.access === "read") throw new MethodError({ code: "FORBIDDEN", message: "you may only read there" });
      const asked = { ...(id === undefined ? {} : { id }), agent, session, principal, questions };
      const inquiry = await inquiries.request(inquiryOf(clock, asked, timeoutMs));
      return { id: inquiry.id, expiresAtMs: inquiry.expiresAt.getTime() };
    },

    async "question.waitAnswer"(params, { principal }) {
      refuseUnsupported(params, ["id", "timeoutMs"]);
      const { id, timeoutMs = DEFAULT_WAIT_MS } = params;
      return questionWait(await answeredWithin(inquiries, await find(principal, id), timeoutMs, clock));
    },

    async "question.resolve"(params, { principal }) {
      refuseUnsupported(params, ["id", "answers", "cancel", "resolvedBy"]);
      const { id, answers: given, cancel } = params;
      if ((given === undefined) === (cancel === undefined)) {
        throw new MethodError(invalidRequest("expected either answers or cancel"));
      }
      if (given === undefined) {
        return settled(await inquiries.answer(principal, id, "skip"), id, { status: "cancelled" });
      }
      const { answers } = given;
      const problem = answerProblem(await find(principal, id), answers);
      if (problem !== undefined) throw new MethodError(invalidRequest(problem));
      return settled(await inquiries.answer(principal, id, answers), id, { status: "answered", answers: given });
    },

    "question.get": async ({ id }, { principal }) => ({ question: questionRow(await find(principal, id)) }),

    async "question.list"(_params, { principal }) {
      return { questions: (await store.as(principal).inquiries.list({ pending: true })).map(questionRow) };
    },
  };
}

function askedIn({ questions }: Params<"question.request">): readonly Question[] {
  if (new Set(questions.map(({ questionId }) => questionId)).size < questions.length) {
    throw new MethodError(invalidRequest("questions: expected each questionId once"));
  }
  return questions.map((asked) => {
    refuseUnsupported(asked, QUESTION);
    const { questionId, header, question, options, multiSelect } = asked;
    return {
      ...{ questionId, header, question },
      options: options.map(({ label, description }) => ({ label, ...(description !== undefined && { description }) })),
      ...(multiSelect === true && { multiSelect }),
    };
  });
}

function settled<Resolved>(
  answered: { readonly asked: Inquiry; readonly first: boolean } | undefined,
  id: string,
  resolved: Resolved,
): Resolved {
  if (answered === undefined) throw notFound(id);
  if (answered.first) return resolved;
  const { asked } = answered;
  const status = statusOf(asked);
  const resolvedBy = asked.answer?.by ?? null;
  throw new MethodError(
    invalidRequest(`question ${id} is over: ${status}${resolvedBy === null ? "" : ` by ${resolvedBy}`}`, {
      code: "QUESTION_ALREADY_RESOLVED",
      status,
      resolvedBy,
    }),
  );
}

function notFound(id: string): MethodError {
  return new MethodError(
    invalidRequest(`there is no question ${id.slice(0, 100)} to answer`, { code: "QUESTION_NOT_FOUND" }),
  );
}

function missing(): MethodError {
  return new MethodError(invalidRequest("there is no such session", { code: "SESSION_NOT_FOUND" }));
}
