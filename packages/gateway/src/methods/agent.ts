import type { Message } from "@claw/core";
import { type AgentFinal, type AgentWait, invalidRequest } from "@claw/protocol";
import type { RunOutcome } from "../events.ts";
import { runsSeen } from "./active-runs.ts";
import { type Handlers, type MethodDeps, MethodError } from "./context.ts";
import { modelOfRole } from "./model-of-role.ts";
import { queueModeNamed } from "./queue-mode.ts";
import { turnSettings } from "./session-settings.ts";
import { submit } from "./submit.ts";

const DEFAULT_WAIT_MS = 30_000;

/** What is known of an outcome when only the journal tells of it. */
type PastOutcome = Pick<RunOutcome, "state" | "text" | "answeredBy" | "interruptedBy"> & {
  readonly error?: { readonly message: string };
};

export function agentMethods(deps: MethodDeps): Pick<Handlers, "agent" | "agent.wait"> {
  const { store, runs, agents, models, clock } = deps;
  return {
    async agent(params, { principal, receivedMs, acknowledge }): Promise<AgentFinal> {
      const { message: text, sessionKey, agentId, idempotencyKey, attachments } = params;
      const queue = queueModeNamed(params.queueMode);
      const settings = turnSettings({ thinking: params.thinking });
      const message = { text, sessionKey, agentId, idempotencyKey, attachments, queue, settings };
      const { run, session, agent } = await submit(deps, principal, message, receivedMs);
      const active = runs.get(run);
      acknowledge({
        status: "accepted",
        runId: run,
        sessionKey: session,
        agentId: agent,
        acceptedAt: clock.now().getTime(),
      });
      const outcome = active === undefined ? await pastOutcome(principal, run, session) : await active.ended;
      const model = modelOfRole(models, agents.get(agent)?.model);
      return {
        runId: run,
        status: outcome.state === "error" ? "error" : "ok",
        summary: summaryOf(outcome),
        result: {
          payloads: outcome.text === "" ? [] : [{ text: outcome.text }],
          meta: {
            durationMs: Math.round(clock.monotonicMs() - receivedMs),
            aborted: outcome.state === "aborted",
            ...(model === undefined ? {} : { model }),
            ...(outcome.answeredBy === undefined ? {} : { answeredBy: outcome.answeredBy }),
            ...(outcome.interruptedBy === undefined ? {} : { interruptedBy: outcome.interruptedBy }),
          },
        },
      };
    },

    async "agent.wait"({ runId, timeoutMs = DEFAULT_WAIT_MS }, { principal }): Promise<AgentWait> {
      const active = runs.get(runId);
      if (active !== undefined && (await runsSeen(deps, principal, active.session)).includes(active)) {
        const { promise: late, resolve } = Promise.withResolvers<"late">();
        const cancel = clock.after(timeoutMs, () => resolve("late"));
        const first = await Promise.race([active.ended, late]);
        cancel();
        if (first === "late") return { runId, status: "timeout", startedAt: active.acceptedAt.getTime() };
      }
      const run = await store.as(principal).runs.get(runId);
      if (run === undefined)
        throw new MethodError(invalidRequest(`there is no run ${runId}`, { code: "RUN_NOT_FOUND" }));
      return {
        runId,
        status: run.state === "error" ? "error" : "ok",
        startedAt: run.acceptedAt.getTime(),
        ...(run.endedAt === undefined ? {} : { endedAt: run.endedAt.getTime() }),
        ...(run.error === undefined ? {} : { error: run.error.message }),
      };
    },
  };

  /** A repeat of a run that has ended is answered from the journal. */
  async function pastOutcome(
    principal: Parameters<typeof store.as>[0],
    runId: string,
    session: string,
  ): Promise<PastOutcome> {
    const mine = store.as(principal);
    const run = await mine.runs.get(runId);
    const entries = await mine.transcript.read(session);
    const by = run?.answeredBy ?? runId;
    const answer = entries.findLast((entry) => entry.run === by && isAnswer(entry.message))?.message;
    const state = run?.state === "error" || run?.state === "aborted" ? run.state : "done";
    return {
      state,
      text: answer?.role === "assistant" ? answer.text : "",
      ...(run?.answeredBy === undefined ? {} : { answeredBy: run.answeredBy }),
      ...(run?.error === undefined ? {} : { error: run.error }),
    };
  }
}

function isAnswer(message: Message): boolean {
  return message.role === "assistant" && message.toolCalls.length === 0;
}

function summaryOf({ state, error, interruptedBy }: PastOutcome): string {
  if (state === "done") return "completed";
  return error?.message ?? (interruptedBy === undefined ? state : `interrupted by ${interruptedBy}`);
}
