import { type Agent, type SandboxProvider, type Tool, type ToolSpec, toolSpec } from "@claw/core";
import { type Approvals, createApprovals } from "../approvals.ts";
import { createAskPeople } from "../ask-people.ts";
import { createChannelNotices } from "../channel-notices.ts";
import { type ApprovalEvents, createApprovalEvents } from "../connection/approval-events.ts";
import { createTellQuestion } from "../connection/question-events.ts";
import { createGate } from "../gate.ts";
import { createInquiries, type Inquiries } from "../inquiries.ts";
import { createNetworkDesks } from "../network-desk.ts";
import type { Outbox } from "../outbox.ts";
import { createSandboxes, type Sandboxes } from "../sandboxes.ts";
import { type CallTool, createToolCalls } from "../tool-calls.ts";
import { createWaitingNotices } from "../waiting-notices.ts";
import type { Ground } from "./ground.ts";

/** How agents act: what they are offered, who consents to a call, and where it runs. */
export interface Tooling {
  readonly approvals: Approvals;
  readonly approvalEvents: ApprovalEvents;
  readonly inquiries: Inquiries;
  readonly sandboxes: Sandboxes;
  readonly callTool: CallTool;
  readonly toolsOf: (agent: Agent) => readonly ToolSpec[];
  /** What the model is told of the place where its tools run. */
  readonly instructions: () => string;
}

export function createTooling(ground: Ground, outbox: Outbox): Tooling {
  const { options, settings, store, tools, audit, hub, peers, audiences, clock, log } = ground;
  const approvalEvents = createApprovalEvents(peers, audiences, clock);
  const approvals = createApprovals({ store, audiences, clock, log, tell: approvalEvents.tell });
  const inquiries = createInquiries({ store, audiences, clock, log, tell: createTellQuestion(peers, audiences) });
  const sandboxes = createSandboxes(options.sandbox, clock, log);
  return {
    approvals,
    approvalEvents,
    inquiries,
    sandboxes,
    callTool: createToolCalls({
      tools,
      gate: createGate({ policy: settings.policy, audit, approvals, clock, log }),
      budget: settings.budget,
      journal: store.journal,
      sandboxes,
      networkDesks: createNetworkDesks({ audit, approvals, clock, log }),
      hub,
      askPeople: createAskPeople({ inquiries, clock }),
      notices: createWaitingNotices({
        hub,
        channels: createChannelNotices({ store, outbox, log }),
        reachable: approvalEvents.reachable,
        clock,
      }),
    }),
    toolsOf: specsByAgent([...tools.values()]),
    instructions: () => environment(options.sandbox?.provider),
  };
}

function environment(sandbox: SandboxProvider | undefined): string {
  if (sandbox === undefined) return "There is no sandbox: nothing can be run or read.";
  return [`Tools run in a sandbox with the workspace at /workspace. ${sandbox.summary}`, ...sandbox.limits].join(
    "\n- ",
  );
}

/** The tool specs each agent is offered, built once. */
function specsByAgent(tools: readonly Tool[]): (agent: Agent) => readonly ToolSpec[] {
  const all = tools.map(toolSpec);
  const cache = new WeakMap<Agent, readonly ToolSpec[]>();
  return (agent) => {
    const known = cache.get(agent);
    if (known !== undefined) return known;
    const specs = agent.tools === undefined ? all : all.filter((spec) => agent.tools?.includes(spec.name));
    cache.set(agent, specs);
    return specs;
  };
}
