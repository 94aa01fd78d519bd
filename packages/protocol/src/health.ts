import { z } from "zod";
import type { ConfigReload } from "./config.ts";
import type { Presence } from "./handshake.ts";
import type { MethodSpecs } from "./method-spec.ts";
import type { SafeModeInfo } from "./safe-mode.ts";

/** Params of `health`, which any client may call. */
const healthParams = z.strictObject({ probe: z.boolean().optional() });

export interface Health {
  readonly ok: boolean;
  /** Unix milliseconds of the check. */
  readonly ts: number;
  readonly durationMs: number;
  readonly channels: Readonly<Record<string, unknown>>;
  readonly channelOrder: readonly string[];
  readonly channelLabels: Readonly<Record<string, string>>;
  /** 0 while no agent has a heartbeat. */
  readonly heartbeatSeconds: number;
  readonly defaultAgentId: string;
  readonly agents: readonly {
    readonly agentId: string;
    readonly isDefault: boolean;
    readonly heartbeat: { readonly enabled: boolean };
    readonly sessions: RecentSessions;
  }[];
  readonly sessions: RecentSessions;
  /** Where there is a configuration file. */
  readonly configReload?: ConfigReload;
  /** Set while the gateway is in safe mode. */
  readonly safeMode?: SafeModeInfo;
}

export interface RecentSessions {
  /** Where they are kept. */
  readonly path: string;
  readonly count: number;
  /** Newest first; `updatedAt` in Unix milliseconds, `age` in milliseconds. */
  readonly recent: readonly { readonly key: string; readonly updatedAt: number; readonly age: number }[];
}

const statusParams = z.strictObject({
  includeChannelSummary: z.boolean().optional(),
  includeCliProjection: z.boolean().optional(),
});

const systemPresenceParams = z.strictObject({});

export interface Status {
  readonly runtimeVersion: string;
  /** With `includeCliProjection` only. */
  readonly cliProjection?: {
    readonly agents: {
      readonly defaultId: string;
      readonly ownership: "sole" | "explicit";
      readonly selectionRequired: boolean;
      readonly rows: readonly { readonly id: string }[];
    };
    readonly updateChannel: string;
    readonly memoryPlugin: { readonly enabled: boolean; readonly slot: string | null };
  };
  readonly heartbeat: {
    readonly defaultAgentId: string;
    readonly agents: readonly {
      readonly agentId: string;
      readonly enabled: boolean;
      readonly every: string;
      readonly everyMs: number | null;
    }[];
  };
  readonly channelSummary: readonly string[];
  readonly queuedSystemEvents: readonly string[];
  /** There are no plugins that could be. */
  readonly degradedPlugins: readonly never[];
  readonly tasks: TaskCounts;
  readonly taskAudit: {
    readonly total: number;
    readonly warnings: number;
    readonly errors: number;
    readonly byCode: Readonly<
      Record<
        "stale_queued" | "stale_running" | "lost" | "delivery_failed" | "missing_cleanup" | "inconsistent_timestamps",
        number
      >
    >;
  };
  readonly sessions: {
    readonly paths: readonly string[];
    readonly count: number;
    readonly defaults: { readonly model: string | null; readonly contextTokens: number | null };
    readonly recent: readonly StatusSession[];
    readonly byAgent: readonly {
      readonly agentId: string;
      readonly path: string;
      readonly count: number;
      readonly recent: readonly StatusSession[];
    }[];
  };
  /** Runs of the caller's sessions that are longer in a stage than they should be, longest first. */
  readonly lateRuns: readonly {
    readonly runId: string;
    readonly sessionKey: string;
    readonly agentId: string;
    readonly stage: string;
    /** The model or the tool. */
    readonly label?: string;
    readonly forMs: number;
  }[];
  /** Set while the gateway is in safe mode. */
  readonly safeMode?: SafeModeInfo;
  /** What of the gateway's own data can't be read or written; `since` in Unix milliseconds, `message` for people. */
  readonly storeTroubles: readonly { readonly since: number; readonly message: string }[];
  /** Secrets of the configuration that could not be looked up the last time. */
  readonly degradedSecretOwners: readonly DegradedSecretOwner[];
  /** What turns and tools have of the machine. */
  readonly workerPools: {
    readonly turns: {
      /** That can go on at once; one that is silent for two seconds does not count. */
      readonly places: number;
      readonly turnsRunning: number;
      readonly turnsWaiting: number;
      readonly turnsLate: number;
    };
    readonly sandboxes: { readonly held: number };
  };
  /** The model that answers when nothing names another. */
  readonly modelRuntime: {
    /** `unavailable`: its provider has no key. `none`: there is no model. */
    readonly state: "ready" | "unavailable" | "none";
    readonly model: string | null;
    /** Models that could be used now, of all that are listed. */
    readonly available: number;
    readonly listed: number;
  };
  readonly eventLoop: {
    /** Share of the last seconds, from 0 to 1, in which it had something to do. */
    readonly utilization: number;
    /** By how much callbacks came later than they should have; absent until it is watched. */
    readonly delayP50Ms?: number;
    readonly delayP99Ms?: number;
    readonly delayMaxMs?: number;
    /** How long that has been watched. */
    readonly intervalMs?: number;
  };
  /** Bytes, as `process.memoryUsage()` names them. */
  readonly processMemory: { readonly rss: number; readonly heapUsed: number };
}

/** Whose secret could not be looked up. */
export interface DegradedSecretOwner {
  readonly ownerKind: "provider" | "user" | "section";
  readonly ownerId: string;
  /** `stale`: the last one that was found is in use. `cold`: there is none. */
  readonly degradationState: "stale" | "cold";
  readonly paths: readonly string[];
  /** Never holds a secret. */
  readonly reason: string;
}

export interface TaskCounts {
  readonly total: number;
  readonly active: number;
  readonly terminal: number;
  readonly failures: number;
  readonly byStatus: Readonly<
    Record<"queued" | "running" | "succeeded" | "failed" | "timed_out" | "cancelled" | "lost", number>
  >;
  readonly byRuntime: Readonly<Record<"subagent" | "acp" | "cli" | "cron", number>>;
}

export interface StatusSession {
  readonly agentId: string;
  readonly key: string;
  readonly kind: "direct" | "group" | "global" | "unknown";
  readonly sessionId: string;
  /** Unix milliseconds. */
  readonly updatedAt: number;
  /** Milliseconds. */
  readonly age: number;
  readonly model: string | null;
  readonly contextTokens: number | null;
  readonly totalTokens: number | null;
  readonly flags: readonly string[];
}

export interface HealthResults {
  readonly health: Health;
  readonly status: Status;
  readonly "system-presence": readonly Presence[];
}

export const healthMethods = {
  health: {
    summary:
      "Whether the gateway works, with a summary of its agents and channels; the one method that needs no scope.",
    params: healthParams,
    scope: undefined,
    example: {},
  },
  status: {
    summary: "What a person at a terminal wants to know: sessions, tasks, memory, version.",
    params: statusParams,
    scope: "operator.read",
    example: { includeChannelSummary: false, includeCliProjection: true },
  },
  "system-presence": {
    summary: "Every connected client that the caller may know of.",
    params: systemPresenceParams,
    scope: "operator.read",
    example: {},
  },
} as const satisfies MethodSpecs<HealthResults>;
