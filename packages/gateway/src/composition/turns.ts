import { createIntake, type Intake } from "../accept.ts";
import { createDesk } from "../commands/desk.ts";
import { type Commands, createCommands } from "../commands/registry.ts";
import { createJoining } from "../joining.ts";
import { createLanes, type Lanes } from "../lanes.ts";
import type { GatewayLimits } from "../options.ts";
import type { PlaceLimits } from "../places.ts";
import { createQueueing } from "../queueing.ts";
import { createRecover } from "../recover.ts";
import { createReplies } from "../replies.ts";
import { createRuns, type Runs } from "../runs.ts";
import { settingsOf } from "../session-settings-of.ts";
import { toldTimelines } from "../timeline.ts";
import { createTranscripts, type Transcripts } from "../transcripts.ts";
import { createTurns } from "../turn.ts";
import { createWaiting } from "../waiting.ts";
import { createWatchdog, type Watchdog } from "../watchdog.ts";
import type { Ground } from "./ground.ts";
import type { Tooling } from "./tools.ts";

const DEFAULT_CONCURRENT_TURNS = 128;
const DEFAULT_QUEUED_PER_PERSON = 1_000;
const DEFAULT_TURN_TIMEOUT_MS = 30 * 60_000;
const DEFAULT_HOT_SESSIONS = 128;
const DEFAULT_RECOVERIES = 3;

/** The way of a message from its acceptance to the end of its turn. */
export interface Turns {
  readonly intake: Intake;
  readonly runs: Runs;
  readonly lanes: Lanes;
  readonly transcripts: Transcripts;
  readonly commands: Commands;
  readonly watchdog: Watchdog;
  /** Turns that can go on at once. */
  readonly places: () => number;
}

export function createTurnParts(ground: Ground, { callTool, toolsOf, instructions, inquiries }: Tooling): Turns {
  const { options, settings, store, models, bus, hub, audiences, clock, log } = ground;
  const { agents, policy, people, resets, queue, mayOpen, exec } = settings;
  const { journal } = store;
  const lanes = createLanes({
    limits: () => placeLimits(settings.limits),
    clock,
    onError: (error) => log.error("a turn failed outside its own handling", { error: String(error) }),
  });
  const runs = createRuns();
  const waiting = createWaiting();
  const transcripts = createTranscripts(store, options.limits?.hotSessions ?? DEFAULT_HOT_SESSIONS);
  const takeTurn = createTurns({
    agents,
    bus,
    journal,
    transcripts,
    callTool,
    toolsOf,
    instructions,
    settingsOf: ({ principal, session }) => settingsOf(store, principal, session),
    joining: createJoining(journal, waiting),
    hub,
    clock,
    timeoutMs: () => settings.limits.turnTimeoutMs ?? DEFAULT_TURN_TIMEOUT_MS,
    park: lanes.park,
    maxRecoveries: () => settings.limits.recoveries ?? DEFAULT_RECOVERIES,
  });
  const queueing = createQueueing({
    lanes,
    runs,
    waiting,
    takeTurn,
    queue,
    chosenMode: async (principal, session) => (await store.as(principal).sessions.get(session))?.settings.queueMode,
    maxQueued: () => settings.limits.queuedPerPerson ?? DEFAULT_QUEUED_PER_PERSON,
  });
  const commands = createCommands();
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
    forget: transcripts.forget,
    resets,
    mayOpen,
    desk: createDesk({
      commands,
      store,
      runs,
      agents,
      models,
      exec,
      replies: createReplies({ store, inquiries, runs }),
    }),
    queueing,
    recover: createRecover({ journal, runs, audiences, queueing, queue, timelineOf, clock }),
  });
  const watchdog = createWatchdog({ runs, clock, log });
  const places = (): number => placeLimits(settings.limits).total;
  return { intake, runs, lanes, transcripts, commands, watchdog, places };
}

function placeLimits({ concurrentTurns, turnsPerPerson, turnsPerChannel }: GatewayLimits): PlaceLimits {
  return {
    total: concurrentTurns ?? DEFAULT_CONCURRENT_TURNS,
    ...(turnsPerPerson === undefined ? {} : { perPerson: turnsPerPerson }),
    ...(turnsPerChannel === undefined ? {} : { perChannel: turnsPerChannel }),
  };
}
