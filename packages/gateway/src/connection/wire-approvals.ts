import type { Approval } from "@claw/core";
import type { ApprovalRow, ApprovalWait } from "@claw/protocol";

/** An approval as clients show it. */
export function approvalRow(approval: Approval): ApprovalRow {
  const { id, run, call, agent, session, owner, action, input, digest, rule, reason, answer } = approval;
  const allowed = answer !== undefined && answer.decision !== "deny";
  return {
    id,
    kind: "exec",
    status: answer === undefined ? "pending" : allowed ? "approved" : "denied",
    request: {
      ...shown(approval),
      agentId: agent,
      sessionKey: session,
      ...(run === undefined ? {} : { runId: run }),
      ...(call === undefined ? {} : { toolCallId: call }),
      action,
      input,
      digest,
      requestedBy: owner,
      rule,
      reason,
    },
    createdAtMs: approval.createdAt.getTime(),
    expiresAtMs: approval.expiresAt.getTime(),
    decision: answer?.decision ?? null,
    ...(answer?.by === undefined ? {} : { resolvedBy: answer.by }),
    ...(answer === undefined ? {} : { resolvedAtMs: answer.at.getTime() }),
  };
}

export function approvalWait({ id, answer, createdAt, expiresAt }: Approval): ApprovalWait {
  return {
    id,
    decision: answer?.decision ?? null,
    createdAtMs: createdAt.getTime(),
    expiresAtMs: expiresAt.getTime(),
  };
}

/** The exact command where there is one, else the whole input: nothing that would run is left out. */
function shown({ action, input }: Approval): Pick<ApprovalRow["request"], "command" | "cwd" | "host"> {
  const call = action === "tool.call" ? input["input"] : input;
  const fields = typeof call === "object" && call !== null ? (call as Readonly<Record<string, unknown>>) : {};
  const text = (name: string): string | null => (typeof fields[name] === "string" ? fields[name] : null);
  const tool = typeof input["tool"] === "string" ? input["tool"] : action;
  const command = text("command") ?? `${tool} ${JSON.stringify(call)}`;
  const host = typeof input["host"] === "string" ? input["host"] : text("host");
  return { command, cwd: text("cwd"), host };
}
