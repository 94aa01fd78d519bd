import type { Principal, Session } from "@claw/core";
import type { Health, RecentSessions, Status, StatusSession } from "@claw/protocol";
import { presenceOf } from "../connection/presence.ts";
import { agentsOf, defaultAgentOf } from "../people/agents-of.ts";
import type { Handlers, MethodDeps } from "./context.ts";
import { modelOfRole } from "./model-of-role.ts";
import { safeModeInfo } from "./safe-mode.ts";

const RECENT = 10;
const COUNTED = 1_000;

export function healthMethods(deps: MethodDeps): Pick<Handlers, "health" | "status" | "system-presence"> {
  return {
    health: (_params, { principal }) => health(deps, principal),

    "system-presence": async (_params, { principal }) => presenceOf(deps.peers, principal, deps.clock.now()),

    async status(params, { principal }): Promise<Status> {
      const { version, models } = deps;
      const agents = agentsOf(deps, principal);
      const defaultAgent = defaultAgentOf(deps, principal);
      const sessions = await deps.store.as(principal).sessions.list({ limit: COUNTED });
      const model = modelOfRole(models, "default") ?? null;
      const rows = (of: readonly Session[]) =>
        of.slice(0, RECENT).map((session) => statusSession(deps, session, model));
      const { rss, heapUsed } = process.memoryUsage();
      const safeMode = safeModeInfo(deps, principal);
      const ownership = "sole" as const;
      return {
        runtimeVersion: version,
        ...(params.includeCliProjection === true
          ? {
              cliProjection: {
                agents: {
                  defaultId: defaultAgent,
                  ownership,
                  selectionRequired: false,
                  rows: [...agents.keys()].map((id) => ({ id })),
                },
                updateChannel: "stable",
                memoryPlugin: { enabled: false, slot: null },
              },
            }
          : {}),
        heartbeat: {
          defaultAgentId: defaultAgent,
          agents: [...agents.keys()].map((agentId) => ({ agentId, enabled: false, every: "off", everyMs: null })),
        },
        channelSummary: [],
        queuedSystemEvents: [],
        degradedPlugins: [],
        tasks: {
          total: 0,
          active: 0,
          terminal: 0,
          failures: 0,
          byStatus: { queued: 0, running: 0, succeeded: 0, failed: 0, timed_out: 0, cancelled: 0, lost: 0 },
          byRuntime: { subagent: 0, acp: 0, cli: 0, cron: 0 },
        },
        taskAudit: {
          total: 0,
          warnings: 0,
          errors: 0,
          byCode: {
            stale_queued: 0,
            stale_running: 0,
            lost: 0,
            delivery_failed: 0,
            missing_cleanup: 0,
            inconsistent_timestamps: 0,
          },
        },
        sessions: {
          paths: [],
          count: sessions.length,
          defaults: { model, contextTokens: null },
          recent: rows(sessions),
          byAgent: [...agents.keys()].map((agentId) => {
            const own = sessions.filter((session) => session.agent === agentId);
            return { agentId, path: "", count: own.length, recent: rows(own) };
          }),
        },
        lateRuns: lateRuns(deps, principal),
        storeTroubles: deps.store.troubles().map(({ since, message }) => ({ since: since.getTime(), message })),
        ...(safeMode === undefined ? {} : { safeMode }),
        degradedSecretOwners: deps.config?.degradedSecretOwners() ?? [],
        workerPools: deps.workerPools(),
        modelRuntime: modelRuntime(models),
        eventLoop: eventLoop(deps),
        processMemory: { rss, heapUsed },
      };
    },
  };
}

function modelRuntime(models: MethodDeps["models"]): Status["modelRuntime"] {
  const listed = models?.list() ?? [];
  const standard = listed.find(({ roles }) => roles.includes("default"));
  return {
    state: standard === undefined ? "none" : standard.available ? "ready" : "unavailable",
    model: standard?.ref ?? null,
    available: listed.filter(({ available }) => available).length,
    listed: listed.length,
  };
}

/** To a hundredth of a millisecond. */
function eventLoop({ watchdog, eventLoop: delay }: MethodDeps): Status["eventLoop"] {
  const rounded = (value: number): number => Math.round(value * 100) / 100;
  const watched = delay?.();
  const utilization = rounded(watchdog.utilization());
  if (watched === undefined) return { utilization };
  const { p50Ms, p99Ms, maxMs, forMs } = watched;
  return {
    utilization,
    delayP50Ms: rounded(p50Ms),
    delayP99Ms: rounded(p99Ms),
    delayMaxMs: rounded(maxMs),
    intervalMs: forMs,
  };
}

/** What every admitted client may know; a principal who may see no sessions gets none. */
export async function health(deps: MethodDeps, principal: Principal): Promise<Health> {
  const { clock, store, config } = deps;
  const agents = agentsOf(deps, principal);
  const defaultAgent = defaultAgentOf(deps, principal);
  const beganMs = clock.monotonicMs();
  const safeMode = safeModeInfo(deps, principal);
  const now = clock.now().getTime();
  const sessions = await store.as(principal).sessions.list({ limit: RECENT });
  const recent = (of: readonly Session[]): RecentSessions => ({
    path: "",
    count: of.length,
    recent: of.map(({ key, updatedAt }) => ({ key, updatedAt: updatedAt.getTime(), age: now - updatedAt.getTime() })),
  });
  return {
    ok: true,
    ts: now,
    durationMs: Math.round(clock.monotonicMs() - beganMs),
    channels: {},
    channelOrder: [],
    channelLabels: {},
    heartbeatSeconds: 0,
    defaultAgentId: defaultAgent,
    agents: [...agents.keys()].map((agentId) => ({
      agentId,
      isDefault: agentId === defaultAgent,
      heartbeat: { enabled: false },
      sessions: recent(sessions.filter((session) => session.agent === agentId)),
    })),
    sessions: recent(sessions),
    ...(config === undefined ? {} : { configReload: config.reloadStatus() }),
    ...(safeMode === undefined ? {} : { safeMode }),
  };
}

function lateRuns({ watchdog, audiences }: MethodDeps, principal: Principal): Status["lateRuns"] {
  return watchdog
    .late()
    .filter(({ run }) => audiences.maySee(principal, run.session))
    .map(({ run: { run, session, agent }, ...rest }) => ({ runId: run, sessionKey: session, agentId: agent, ...rest }));
}

function statusSession({ clock }: MethodDeps, { key, agent, updatedAt }: Session, model: string | null): StatusSession {
  return {
    agentId: agent,
    key,
    kind: "direct",
    sessionId: key,
    updatedAt: updatedAt.getTime(),
    age: clock.now().getTime() - updatedAt.getTime(),
    model,
    contextTokens: null,
    totalTokens: null,
    flags: [],
  };
}
