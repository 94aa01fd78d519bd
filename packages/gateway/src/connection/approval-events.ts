import type { Approval, Clock } from "@claw/core";
import type { ApprovalResolvedEvent } from "@claw/protocol";
import type { Audiences } from "../audiences.ts";
import { askedPeers } from "./asked-peers.ts";
import type { Peer } from "./peers.ts";
import { approvalRow } from "./wire-approvals.ts";

const SCOPE = "operator.approvals";

export interface ApprovalEvents {
  tell(event: "requested" | "resolved", approval: Approval): void;
  /** Whether anybody else than `asker` is connected who may answer it. */
  reachable(approval: Approval, asker?: Peer): boolean;
}

export function createApprovalEvents(
  peers: ReadonlySet<Peer>,
  audiences: Pick<Audiences, "accessOf">,
  clock: Clock,
): ApprovalEvents {
  return {
    tell(event, approval) {
      const payload = JSON.stringify(event === "requested" ? approvalRow(approval) : resolved(approval, clock));
      for (const peer of askedPeers(peers, audiences, approval, SCOPE)) {
        peer.sendEvent(`exec.approval.${event}`, payload);
      }
    },
    reachable: (approval, asker) =>
      askedPeers(peers, audiences, approval, SCOPE, "write").some((peer) => peer !== asker),
  };
}

function resolved({ id, answer }: Approval, clock: Clock): ApprovalResolvedEvent {
  return { id, decision: answer?.decision ?? "deny", resolvedBy: answer?.by ?? null, ts: clock.now().getTime() };
}

/** What the session is told that waits; the way to answer is named, because nobody may be looking. */
export function approvalNotice(approval: Approval, reachable: boolean, now: Date): string {
  const minutes = Math.max(1, Math.round((approval.expiresAt.getTime() - now.getTime()) / 60_000));
  const { command } = approvalRow(approval).request;
  const shown = command.length > 200 ? `${command.slice(0, 199)}…` : command;
  return [
    `Waiting for an approval of: ${shown}`,
    `Rule ${approval.rule}: ${approval.reason}`,
    ...(reachable ? [] : ["Nobody who may answer is connected."]),
    `Answer in the dashboard, or with: claw approvals approve ${approval.id}`,
    `Without an answer it is denied in ${minutes} minute${minutes === 1 ? "" : "s"}.`,
    "",
  ].join("\n");
}
