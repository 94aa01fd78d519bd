import { createLiveRuns } from "../connection/live-runs.ts";
import { revokePeers } from "../connection/revoke.ts";
import { createSessionEvents } from "../connection/session-events.ts";
import { oneToolSet } from "../defaults.ts";
import { createDeviceAudit } from "../devices/device-audit.ts";
import { createTellPairing } from "../devices/tell-pairing.ts";
import { createInvokeTool } from "../invoke-tool.ts";
import type { Lifecycle } from "../lifecycle.ts";
import type { MethodDeps } from "../methods/context.ts";
import type { Outbox } from "../outbox.ts";
import { createSendMessage } from "../send.ts";
import type { Ground } from "./ground.ts";
import type { Tooling } from "./tools.ts";
import type { Turns } from "./turns.ts";

export interface MethodParts extends Turns, Pick<Tooling, "approvals" | "approvalEvents" | "inquiries" | "sandboxes"> {
  readonly outbox: Outbox;
  readonly lifecycle: Lifecycle;
}

/** What the methods and the HTTP side work with. */
export function createMethodDeps(ground: Ground, parts: MethodParts): MethodDeps {
  const { options, settings, store, channels, tools, models, audit, peers, audiences, log, clock, version } = ground;
  const { agents, defaultAgent, policy, people, resolveSession, mayOpen, toolsOverHttp, exec } = settings;
  const { intake, runs, outbox, sandboxes, watchdog } = parts;
  return {
    agents,
    tools,
    toolSets: options.toolSets ?? oneToolSet,
    agentFiles: options.agentFiles,
    policy,
    audit,
    defaultAgent,
    builtInAgents: new Set(options.builtInAgents),
    people,
    store,
    intake,
    invokeTool: createInvokeTool({
      agents,
      defaultAgent,
      people,
      tools,
      toolsOverHttp,
      store,
      intake,
      runs,
      resolveSession,
      clock,
      log,
    }),
    channels,
    sendMessage: createSendMessage({ policy, audit, journal: store.journal, outbox, clock }),
    approvals: parts.approvals,
    approvalEvents: parts.approvalEvents,
    inquiries: parts.inquiries,
    watchdog,
    eventLoop: options.eventLoop,
    workerPools: () => ({
      turns: { places: parts.places(), ...watchdog.turns() },
      sandboxes: { held: sandboxes.held },
    }),
    runs,
    audiences,
    live: createLiveRuns(),
    transcripts: parts.transcripts,
    commands: parts.commands,
    peers,
    sessionEvents: createSessionEvents({ store, runs, audiences, agents, models }, peers),
    models,
    sandbox: options.sandbox?.provider,
    exec,
    sandboxes,
    explainSandbox: options.sandbox?.explain,
    config: options.config,
    resolveSession,
    mayOpen,
    identity: options.identity,
    tellPairing: createTellPairing(peers),
    decideDevice: createDeviceAudit(audit, clock, log),
    revoke: (matches, reason) => revokePeers(peers, matches, reason),
    tailLog: options.tailLog,
    prices: options.prices,
    lifecycle: parts.lifecycle,
    clock,
    log,
    version,
  };
}
