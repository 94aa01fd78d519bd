import { z } from "zod";
import type { MethodSpecs } from "./method-spec.ts";
import { count, identifier, shortText } from "./params.ts";

export const sessionsListParams = z.strictObject({
  limit: z.int().min(1).optional().describe("Default 100."),
  offset: count.optional(),
  agentId: identifier.optional(),
  search: shortText.optional(),
  activeMinutes: z.int().min(1).optional(),
  requireLastInteraction: z.boolean().optional(),
  sortBy: z.enum(["updatedAt", "lastInteractionAt"]).optional(),
  archived: z.union([z.boolean(), z.literal("all")]).optional(),
  includeGlobal: z.boolean().optional(),
  includeUnknown: z.boolean().optional(),
  includeDerivedTitles: z.boolean().optional(),
  includeLastMessage: z.boolean().optional(),
  configuredAgentsOnly: z.boolean().optional(),
  label: shortText.optional(),
  spawnedBy: identifier.optional(),
});

export interface SessionsList {
  /** Unix milliseconds. */
  readonly ts: number;
  readonly path: string;
  /** Rows in this answer. */
  readonly count: number;
  /** Absent when the gateway did not count beyond the page. */
  readonly totalCount?: number;
  readonly limitApplied: number;
  readonly hasMore: boolean;
  readonly nextOffset?: number;
  readonly defaults: {
    readonly modelProvider: string | null;
    readonly model: string | null;
    readonly contextTokens: number | null;
  };
  /** Last used first. */
  readonly sessions: readonly SessionRow[];
}

/** Times in Unix milliseconds. */
export interface SessionRow {
  readonly key: string;
  readonly kind: "direct" | "group" | "global" | "unknown";
  readonly agentId: string;
  readonly isMain: boolean;
  readonly sessionId: string;
  readonly startedAt: number;
  readonly updatedAt: number;
  /** First words of the first message. */
  readonly derivedTitle?: string;
  /** What its owner calls it. */
  readonly label?: string;
  /** Id of the user it belongs to. */
  readonly ownerId?: string;
  /** What whoever asked may do with it. */
  readonly access?: "read" | "write" | "manage";
  readonly archived: boolean;
  readonly hasActiveRun: boolean;
  readonly activeRunIds: readonly string[];
  readonly lastRunId?: string;
  readonly pinned?: boolean;
  readonly unread?: boolean;
  readonly icon?: string;
  readonly color?: string;
  readonly category?: string;
  /** The model that its next turn asks. */
  readonly modelProvider?: string;
  readonly model?: string;
  /** `user` when people chose the model for this session, `agent` when it is the agent's own. */
  readonly modelOverrideSource?: "user" | "agent";
  readonly thinkingLevel?: string;
  readonly fastMode?: boolean | "auto";
  readonly queueMode?: string;
  readonly responseUsage?: "off" | "tokens" | "full";
  readonly sendPolicy?: "allow" | "deny";
  readonly elevatedLevel?: "off" | "on" | "ask" | "full";
  readonly execHost?: "auto" | "sandbox" | "gateway" | "node";
  readonly execSecurity?: "deny" | "allowlist" | "full";
  readonly execAsk?: "off" | "on-miss" | "always";
  /** The window of that model, where it is known. */
  readonly contextTokens?: number;
  /** Spent so far by all of its runs. */
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  /** How many tokens its context holds now. */
  readonly totalTokens?: number;
  readonly totalTokensFresh?: boolean;
}

/** Params of `sessions.subscribe`: from then on this connection gets `sessions.changed`. */
const sessionsSubscribeParams = z.strictObject({});

export interface SessionsSubscribed {
  readonly subscribed: true;
}

export interface SessionsResults {
  readonly "sessions.list": SessionsList;
  readonly "sessions.subscribe": SessionsSubscribed;
}

export const sessionsMethods = {
  "sessions.list": {
    summary: "Sessions the caller may see, last used first.",
    params: sessionsListParams,
    scope: "operator.read",
    example: { agentId: "main", limit: 1 },
  },
  "sessions.subscribe": {
    summary: "From then on this connection gets `sessions.changed`.",
    params: sessionsSubscribeParams,
    scope: "operator.read",
    example: {},
  },
} as const satisfies MethodSpecs<SessionsResults>;
