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

/** What a command is given beside its words, as comments above them. */
function environment(env: unknown): string {
  if (typeof env !== "object" || env === null) return "";
  return Object.entries(env)
    .map(([name, value]) => `# with ${name}=${JSON.stringify(value)}\n`)
    .join("");
}

/** The exact command where there is one, else the whole input: nothing that would run is left out. */
function shown({ action, input }: Approval): Pick<ApprovalRow["request"], "command" | "cwd" | "host"> {
  const call = action === "tool.call" ? input["input"] : input;
  const fields = typeof call === "object" && call !== null ? (call as Readonly<Record<string, unknown>>) : {};
  const text = (name: string): string | null => (typeof fields[name] === "string" ? fields[name] : null);
  const tool = typeof input["tool"] === "string" ? input["tool"] : action;
  const said = text("command");
  const command = said === null ? `${tool} ${JSON.stringify(call)}` : `${environment(fields["env"])}${said}`;
  const host = typeof input["host"] === "string" ? input["host"] : text("host");
  return { command, cwd: text("cwd"), host };
}
