import { GatewayError } from "@claw/client";
import type { ApprovalResolvedEvent, ApprovalRow } from "@claw/protocol";

/** An approval that this page showed until somebody else answered it. */
export interface AnsweredElsewhere {
  readonly row: ApprovalRow;
  readonly allowed: boolean;
  /** Absent when its time was over. */
  readonly by?: string;
}

/** `undefined` for one that its run took back. */
export function answeredElsewhere(
  row: ApprovalRow,
  { decision, resolvedBy, ts }: Pick<ApprovalResolvedEvent, "decision" | "resolvedBy" | "ts">,
): AnsweredElsewhere | undefined {
  if (resolvedBy !== null) return { row, allowed: decision !== "deny", by: resolvedBy };
  return ts < row.expiresAtMs ? undefined : { row, allowed: false };
}

/** What the gateway says to an answer that came second; `undefined` for any other failure. */
export function answeredBefore(row: ApprovalRow, error: Error): AnsweredElsewhere | undefined {
  const details = error instanceof GatewayError ? error.details : undefined;
  if (details?.["code"] !== "APPROVAL_ALREADY_RESOLVED") return undefined;
  const by = details["resolvedBy"];
  return { row, allowed: details["decision"] !== "deny", ...(typeof by === "string" && { by }) };
}
