import {
  type Agent,
  type SandboxProvider,
  silentLogger,
  systemClock,
  type Tool,
  type ToolSpec,
  toolSpec,
} from "@claw/core";
import { createIntake } from "./accept.ts";
import { createApprovals } from "./approvals.ts";
import { createAudiences } from "./audiences.ts";
import { createAuthAudit } from "./auth-audit.ts";
import { createAuthLimiter } from "./auth-limiter.ts";
import { inProcessBus } from "./bus.ts";
import { createChannelHost } from "./channel-host.ts";
import { createDesk } from "./commands/desk.ts";
import { createCommands } from "./commands/registry.ts";
import { approvalNotice, createApprovalEvents } from "./connection/approval-events.ts";
import { createBroadcast } from "./connection/broadcast.ts";
import { createHello } from "./connection/hello.ts";
import { createLiveRuns } from "./connection/live-runs.ts";
import type { Peer } from "./connection/peers.ts";
import { revokePeers, signOutSharedSecrets } from "./connection/revoke.ts";
import { serveConnection } from "./connection/serve.ts";
import { createSessionEvents } from "./connection/session-events.ts";
import { createSessionMessages } from "./connection/session-messages.ts";
import { signOutChanged } from "./connection/sign-out.ts";
import { logAudit, oneToolSet } from "./defaults.ts";
import { createPairing } from "./devices/pairing.ts";
import { createTellPairing } from "./devices/tell-pairing.ts";
import { createHub } from "./events.ts";
import { createSourceOf } from "./forwarded.ts";
import { createGate } from "./gate.ts";
import { createHttp } from "./http/app.ts";
import { createInvokeTool } from "./invoke-tool.ts";
import { createJoining } from "./joining.ts";
import { createLanes } from "./lanes.ts";
import { createLifecycle } from "./lifecycle.ts";
import type { MethodDeps } from "./methods/context.ts";
import { createRequestHandler } from "./methods/handle.ts";
import type { Gateway, GatewayLimits, GatewayOptions } from "./options.ts";
import { createOutbox } from "./outbox.ts";
import { knownOnly } from "./people/known-only.ts";
import type { PlaceLimits } from "./places.ts";
import { createQueueing } from "./queueing.ts";
import { createRecover } from "./recover.ts";
import { createRuns } from "./runs.ts";
import { createSandboxes } from "./sandboxes.ts";
import { createSendMessage } from "./send.ts";
import { createSettings } from "./settings.ts";
import { toldTimelines } from "./timeline.ts";
import { createToolCalls } from "./tool-calls.ts";
import { createTranscripts } from "./transcripts.ts";
import { createTurns } from "./turn.ts";
import { createWaiting } from "./waiting.ts";
import { createWatchdog } from "./watchdog.ts";

const DEFAULT_CONCURRENT_TURNS = 128;
const DEFAULT_QUEUED_PER_PERSON = 1_000;
const DEFAULT_TURN_TIMEOUT_MS = 30 * 60_000;
const DEFAULT_HOT_SESSIONS = 128;
const DEFAULT_RECOVERIES = 3;

/** Composes a gateway from what it is given. Nothing runs before `start`. */
export function createGateway(options: GatewayOptions): Gateway {
  const { store, channels = [], tools = [], config, limits = {}, sandbox } = options;
  const {
    log = silentLogger,
    clock = systemClock,
    version = "0.0.0",
    bus = inProcessBus(),
    audit = logAudit(log),
  } = options;
  const settings = createSettings(options);
  const { agents, defaultAgent, policy, people, origins, router, resets, resolveSession } = settings;
  const authenticate = knownOnly(settings.authenticate, people);
  // Whether there are models at all is known for good, and clients are told.
  const models = options.models && settings.models;
  const { journal } = store;

  const hub = createHub((error) => log.error("a listener failed", { error: String(error) }));
  const lanes = createLanes({
    limits: () => placeLimits(settings.limits),
    clock,
    onError: (error) => log.error("a turn failed outside its own handling", { error: String(error) }),
  });
  // A message that comes is no sign of life of the turn that is asked something.
  hub.subscribe((event) => event.type !== "message-accepted" && lanes.alive(event.session));
  const runs = createRuns();
  const waiting = createWaiting();
  const watchdog = createWatchdog({ runs, clock, log });
  const peers = new Set<Peer>();
  const approvalEvents = createApprovalEvents(peers, clock);
  const approvals = createApprovals({ store, clock, log, tell: approvalEvents.tell });
  const gate = createGate({ policy, audit, approvals, clock, log });
  const sandboxes = createSandboxes(sandbox, clock, log);
  const toolsByName = new Map(tools.map((tool) => [tool.name, tool]));
  const callTool = createToolCalls({
    tools: toolsByName,
    gate,
    budget: settings.budget,
    journal,
    sandboxes,
    hub,
    notice: (approval) => approvalNotice(approval, approvalEvents.reachable(approval), clock.now()),
  });
  const transcripts = createTranscripts(store, limits.hotSessions ?? DEFAULT_HOT_SESSIONS);
  const takeTurn = createTurns({
    agents,
    bus,
    journal,
    transcripts,
    callTool,
    toolsOf: specsByAgent(tools),
    instructions: () => environment(sandbox?.provider),
    settingsOf: async ({ principal, session }) => (await store.as(principal).sessions.get(session))?.settings ?? {},
    joining: createJoining(journal, waiting),
    hub,
    clock,
    timeoutMs: () => settings.limits.turnTimeoutMs ?? DEFAULT_TURN_TIMEOUT_MS,
    maxRecoveries: () => settings.limits.recoveries ?? DEFAULT_RECOVERIES,
  });
  const { forget } = transcripts;
  const commands = createCommands();
  const desk = createDesk({ commands, store, runs, agents, models });
  const audiences = createAudiences({ journal, log });
  const { queue } = settings;
  const queueing = createQueueing({
    lanes,
    runs,
    waiting,
    takeTurn,
    queue,
    chosenMode: async (principal, session) => (await store.as(principal).sessions.get(session))?.settings.queueMode,
    maxQueued: () => settings.limits.queuedPerPerson ?? DEFAULT_QUEUED_PER_PERSON,
  });
  const timelineOf = toldTimelines({ clock, runs, hub });
  const intake = createIntake({
    agents,
    people,
    policy,
    journal,
    runs,
    audiences,
    hub,
    clock,
    timelineOf,
    forget,
    resets,
    desk,
    queueing,
    recover: createRecover({ journal, runs, audiences, queueing, queue, timelineOf, clock }),
  });
  const outbox = createOutbox({ channels, journal, clock, log });
  const channelHost = createChannelHost({ channels, router, people, intake, clock, log });

  const live = createLiveRuns();
  const invokeTool = createInvokeTool({
    agents,
    defaultAgent,
    people,
    tools: toolsByName,
    toolsOverHttp: settings.toolsOverHttp,
    store,
    intake,
    runs,
    resolveSession,
    clock,
    log,
  });
  const tellPairing = createTellPairing(peers);
  const sessionEvents = createSessionEvents({ store, runs, audiences, agents, models }, peers);
  const lifecycle = createLifecycle({
    store,
    approvals,
    intake,
    lanes,
    runs,
    outbox,
    channelHost,
    sandboxes,
    bus,
    peers,
    watchdog,
    wantSafeMode: options.safeMode,
    clock,
    log,
  });
  const deps: MethodDeps = {
    agents,
    tools: toolsByName,
    toolSets: options.toolSets ?? oneToolSet,
    agentFiles: options.agentFiles,
    policy,
    defaultAgent,
    builtInAgents: new Set(options.builtInAgents),
    people,
    store,
    intake,
    invokeTool,
    channels,
    sendMessage: createSendMessage({ policy, audit, journal, outbox, clock }),
    approvals,
    approvalEvents,
    watchdog,
    runs,
    audiences,
    live,
    transcripts,
    commands,
    peers,
    sessionEvents,
    models,
    sandbox: sandbox?.provider,
    config,
    resolveSession,
    identity: options.identity,
    tellPairing,
    revoke: (matches, reason) => revokePeers(peers, matches, reason),
    tailLog: options.tailLog,
    prices: options.prices,
    lifecycle,
    clock,
    log,
    version,
  };
  const { handle, methods } = createRequestHandler(deps, log);
  const hello = createHello(deps, methods);
  const limitAuth = createAuthLimiter({
    clock,
    log,
    audit: createAuthAudit(audit, clock, log),
    attempts: options.failedAttempts,
    limits: options.authRateLimit,
  });
  const pairing = createPairing({ registry: store.devices, limitAuth, tell: tellPairing, clock, log });
  const serving = { peers, authenticate, limitAuth, pairing, people, origins, hello, handle, clock, log };
  const sourceOf = createSourceOf(options.trustedProxies);
  const http = createHttp({
    ...deps,
    hub,
    channels,
    metrics: options.metrics,
    authenticate,
    limitAuth,
    origins,
    sourceOf,
    ready: () => lifecycle.ready,
    log,
  });

  hub.subscribe(createBroadcast({ peers, live, audiences, clock, sessionChanged: sessionEvents.ofRun }));
  hub.subscribe(createSessionMessages(store, peers));
  hub.subscribe((event) => event.type === "run-ended" && outbox.wake());
  // Whoever is told of the end was told before.
  hub.subscribe((event) => event.type === "run-ended" && audiences.release(event.session));

  return {
    start: lifecycle.start,
    stop: lifecycle.stop,
    get safeMode() {
      return lifecycle.safeMode;
    },
    reconfigure(parts) {
      settings.replace(parts);
      if (parts.authenticate !== undefined) signOutSharedSecrets(peers);
      if (parts.people !== undefined) signOutChanged(peers, people);
    },
    fetch: async (request, from = {}) => http.fetch(request, from),
    accept: (connection) => serveConnection(connection, { ...serving, sourceOf }),
    revoke: (matches) => revokePeers(peers, ({ principal }) => matches(principal), "the credential was taken away"),
    subscribe: hub.subscribe,
    gauges: () => ({ connections: peers.size, ...watchdog.turns() }),
    [Symbol.asyncDispose]: () => lifecycle.stop(),
  };
}

function placeLimits({ concurrentTurns, turnsPerPerson, turnsPerChannel }: GatewayLimits): PlaceLimits {
  return {
    total: concurrentTurns ?? DEFAULT_CONCURRENT_TURNS,
    ...(turnsPerPerson === undefined ? {} : { perPerson: turnsPerPerson }),
    ...(turnsPerChannel === undefined ? {} : { perChannel: turnsPerChannel }),
  };
}

/** What the model is told of the place where its tools run. */
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
