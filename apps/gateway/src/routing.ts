import type { Config } from "@claw/config";
import { ClawError, type Policy, type Router } from "@claw/core";
import type { QueueRules, ResetRules } from "@claw/gateway";
import { agentToAgent, firstOf } from "@claw/policy";
import { type BroadcastGroup, type BroadcastOptions, createRouter, resetPolicy, sendPolicy } from "@claw/router";

export interface Routing {
  readonly router: Router;
  /** Refuses messages that may not be taken; no opinion about the others. */
  readonly policy: Policy;
  readonly resets: ResetRules;
  readonly queue: QueueRules;
}

/** Where messages go, by the configuration. Throws `CONFIG_INVALID` where it names an agent that there is not. */
export function routing(config: Config, agents: readonly [string, ...string[]]): Routing {
  const { session, bindings, messages, tools } = config;
  const broadcasts = broadcastOptions(config.broadcast);
  for (const [index, { agentId }] of bindings.entries()) checkAgent(agentId, `bindings[${index}].agentId`, agents);
  for (const [peer, group] of Object.entries(broadcasts.groups)) {
    for (const id of group.agents) checkAgent(id, `broadcast["${peer}"]`, agents);
  }
  return {
    router: createRouter({
      ...(config.agents.ownership === "explicit" ? {} : { defaultAgent: agents[0] }),
      bindings,
      dmScope: session.dmScope,
      groupScope: session.groupScope,
      identityLinks: session.identityLinks,
      mentionPatterns: messages.groupChat.mentionPatterns,
      broadcast: broadcasts,
    }),
    policy: firstOf(sendPolicy(session.sendPolicy), agentToAgent(tools.agentToAgent)),
    resets: resetPolicy(session),
    queue: queueRules(messages),
  };
}

function queueRules({ queue, inbound }: Config["messages"]): QueueRules {
  return ({ from, busy, mode: asked }) => {
    const mode = asked ?? (from && queue.byChannel[from.channel]) ?? queue.mode;
    const burstMs = from === undefined ? 0 : inbound.debounceMs;
    const quietMs = busy && mode === "collect" ? Math.max(queue.debounceMs, burstMs) : burstMs;
    return { mode, cap: queue.cap, drop: queue.drop, quietMs };
  };
}

function broadcastOptions(broadcast: Config["broadcast"]): BroadcastOptions {
  const groups = Object.entries(broadcast).flatMap(([peer, group]): [string, BroadcastGroup][] => {
    if (typeof group === "string") return [];
    const { agents, ...rest } = "agents" in group ? group : { agents: group };
    const [first, ...others] = agents;
    return first === undefined ? [] : [[peer, { agents: [first, ...others], ...rest }]];
  });
  const strategy = broadcast["strategy"] === "sequential" ? "sequential" : "parallel";
  return { strategy, groups: Object.fromEntries(groups) };
}

function checkAgent(id: string, path: string, agents: readonly string[]): void {
  if (agents.includes(id)) return;
  throw new ClawError(
    "CONFIG_INVALID",
    `${path}: there is no agent "${id}"; there are: ${agents.join(", ")}. Add it to agents.list, or name one of these.`,
  );
}
