import type { Approval, Clock, Inquiry, OutputChunk, ToolCall } from "@claw/core";
import type { ChannelNotices } from "./channel-notices.ts";
import { type ApprovalEvents, approvalNotice } from "./connection/approval-events.ts";
import { questionNotice } from "./connection/question-events.ts";
import type { Hub, RunRef } from "./events.ts";
import type { ActiveRun } from "./runs.ts";

/** The call that waits. */
interface Site {
  readonly ref: RunRef;
  readonly run: Pick<ActiveRun, "principal" | "session" | "replyTo">;
  readonly call: ToolCall;
}

/** Tells a session what its turn waits for: whoever follows it, and whoever wrote over a channel. */
export interface WaitingNotices {
  approval(site: Site, approval: Approval): void;
  question(site: Site, inquiry: Inquiry): void;
}

export interface WaitingNoticesOptions {
  readonly hub: Pick<Hub, "publish">;
  readonly channels: ChannelNotices;
  readonly reachable: ApprovalEvents["reachable"];
  readonly clock: Clock;
}

export function createWaitingNotices({ hub, channels, reachable, clock }: WaitingNoticesOptions): WaitingNotices {
  const show = ({ ref, call: { id: callId, tool } }: Site, chunk: OutputChunk): void =>
    hub.publish({ ...ref, type: "tool-progress", callId, tool, chunk });
  return {
    approval(site, approval) {
      const isReachable = reachable(approval);
      show(site, { stream: "stderr", text: approvalNotice(approval, isReachable, clock.now()) });
      if (!isReachable) channels.unattended(site.run, approval);
    },
    question(site, inquiry) {
      show(site, { stream: "stdout", text: questionNotice(inquiry, clock.now()) });
      channels.question(site.run, inquiry);
    },
  };
}
