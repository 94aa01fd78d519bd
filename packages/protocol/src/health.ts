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
  /** Bytes, as `process.memoryUsage()` names them. */
  readonly processMemory: { readonly rss: number; readonly heapUsed: number };
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
