import { type Approval, type ApprovalDecision, digestOf, type Principal } from "@claw/core";
import { type ApprovalResolved, type ApprovalRow, type ApprovalsResults, invalidRequest } from "@claw/protocol";
import { approvalEnd } from "../approvals.ts";
import { approvalRow, approvalWait } from "../connection/wire-approvals.ts";
import { answeredWithin } from "./answered-within.ts";
import { type Handlers, type MethodDeps, MethodError } from "./context.ts";
import { sessionOf } from "./session-of.ts";
import { refuseUnsupported } from "./unsupported.ts";

const DEFAULT_WAIT_MS = 30_000;
const REQUEST = ["id", "command", "cwd", "host", "agentId", "sessionKey", "warningText", "timeoutMs", "twoPhase"];

/** Methods by which people see and answer what waits for them. */
export function approvalMethods(deps: MethodDeps): Pick<Handlers, keyof ApprovalsResults> {
  const { store, approvals, approvalEvents, clock } = deps;

  const find = async (principal: Principal, id: string): Promise<Approval> => {
    const approval = await store.as(principal).approvals.get(id);
    if (approval === undefined) throw notFound(id);
    return approval;
  };

  /** Whoever is in a session sees what is asked there, so that only who may write to it asks. */
  const refuseStrangers = async (principal: Principal, session: string): Promise<void> => {
    const found = await store.as(principal).sessions.get(session);
    const isTheirs =
      found === undefined ? (await store.journal.audience(session)) === undefined : found.access !== "read";
    if (!isTheirs) throw new MethodError({ code: "FORBIDDEN", message: "this session is not yours to write to" });
  };

  const get = async ({ id }: { id: string }, { principal }: { principal: Principal }): Promise<ApprovalRow> =>
    approvalRow(await find(principal, id));

  const resolve = async (
    params: { id: string; decision: ApprovalDecision },
    { principal }: { principal: Principal },
  ): Promise<ApprovalResolved> => {
    refuseUnsupported(params, ["id", "decision", "kind"]);
    const { id, decision } = params;
    const answered = await approvals.answer(principal, id, decision);
    if (answered === undefined) throw notFound(id);
    if (!answered.first) throw late(answered.asked);
    return { ok: true, id, decision, resolvedBy: principal.id };
  };

  return {
    "exec.approval.get": get,
    "approval.get": get,
    "exec.approval.resolve": resolve,
    "approval.resolve": resolve,

    async "exec.approval.list"(_params, { principal }) {
      return (await store.as(principal).approvals.list({ pending: true })).map(approvalRow);
    },

    async "approval.history"({ limit = 100 }, { principal }) {
      return { items: (await store.as(principal).approvals.list({ limit })).map(approvalRow) };
    },

    async "exec.approval.request"(params, { principal, peer }) {
      refuseUnsupported(params, REQUEST);
      const { id, command, cwd, host, agentId, sessionKey, warningText, timeoutMs, twoPhase } = params;
      const { agent, session } = sessionOf(deps, sessionKey ?? undefined, agentId ?? undefined);
      await refuseStrangers(principal, session);
      const input = { command, cwd: cwd ?? null, host: host ?? null };
      const approval = await approvals.request({
        ...(id === undefined ? {} : { id }),
        ...{ agent, session, principal, input },
        action: "exec.request",
        digest: digestOf(input),
        rule: "exec.approval.request",
        reason: warningText ?? "a client asks",
        expiresAt: approvalEnd(clock, timeoutMs),
      });
      if (approval.answer !== undefined) return approvalWait(approval);
      if (twoPhase === true) return { ...approvalWait(approval), status: "accepted" };
      // It stays to be answered; waiting for somebody who is not there would only hide that.
      if (!approvalEvents.reachable(approval, peer)) return approvalWait(approval);
      return approvalWait(
        await answeredWithin(approvals, approval, approval.expiresAt.getTime() - clock.now().getTime() + 1_000, clock),
      );
    },

    async "exec.approval.waitDecision"({ id, timeoutMs = DEFAULT_WAIT_MS }, { principal }) {
      return approvalWait(await answeredWithin(approvals, await find(principal, id), timeoutMs, clock));
    },

    "plugin.approval.list": async () => [],
  };
}

function notFound(id: string): MethodError {
  return new MethodError({ code: "APPROVAL_NOT_FOUND", message: `there is no approval ${id.slice(0, 100)}` });
}

function late({ id, answer }: Approval): MethodError {
  const who = answer?.by ?? "nobody, in time";
  const details = { decision: answer?.decision, resolvedBy: answer?.by ?? null };
  return new MethodError(
    invalidRequest(`approval ${id} has been answered before: ${answer?.decision} by ${who}`, {
      code: "APPROVAL_ALREADY_RESOLVED",
      ...details,
    }),
  );
}
