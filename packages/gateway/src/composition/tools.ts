import { type Agent, type SandboxProvider, type SessionSettings, type Tool, type ToolSpec, toolSpec } from "@claw/core";
import type { Intake } from "../accept.ts";
import { createAfterwards } from "../afterwards.ts";
import { type Approvals, createApprovals } from "../approvals.ts";
import { createAskPeople } from "../ask-people.ts";
import { createChannelNotices } from "../channel-notices.ts";
import { type ApprovalEvents, createApprovalEvents } from "../connection/approval-events.ts";
import { createTellQuestion } from "../connection/question-events.ts";
import { createGate } from "../gate.ts";
import { createInquiries, type Inquiries } from "../inquiries.ts";
import { createNetworkDesks } from "../network-desk.ts";
import type { Outbox } from "../outbox.ts";
import type { ActiveRun } from "../runs.ts";
import { createSandboxes, type Planned, type Sandboxes, type SandboxSettings } from "../sandboxes.ts";
import { settingsOf } from "../session-settings-of.ts";
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
  readonly instructions: (run: ActiveRun, settings: SessionSettings) => string;
}

export function createTooling(ground: Ground, outbox: Outbox, accept: Intake["accept"]): Tooling {
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
      settingsOf: ({ principal, session }) => settingsOf(store, principal, session),
      afterwards: createAfterwards({ accept, log }),
      askPeople: createAskPeople({ inquiries, clock }),
      notices: createWaitingNotices({
        hub,
        channels: createChannelNotices({ store, outbox, log }),
        reachable: approvalEvents.reachable,
        clock,
      }),
    }),
    toolsOf: specsByAgent([...tools.values()]),
    instructions: ({ session, agent, principal }, settings) =>
      environment(options.sandbox, sandboxes.plan({ session, agent, principal, settings, command: true })),
  };
}

function environment(settings: SandboxSettings | undefined, planned: Planned): string {
  const provider = providerOf(settings, planned);
  if (provider === undefined) return "There is no sandbox: nothing can be run or read.";
  const place =
    planned.host === undefined
      ? "Tools run in a sandbox with the workspace at /workspace."
      : "Commands run on the machine itself, each after a person's approval; file tools call the workspace /workspace.";
  return [`${place} ${provider.summary}`, ...provider.limits].join("\n- ");
}

function providerOf(settings: SandboxSettings | undefined, { plan }: Planned): SandboxProvider | undefined {
  try {
    return plan().provider ?? settings?.provider;
  } catch {
    return undefined;
  }
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
