import { z } from "zod";
import type { HistoryMessage } from "./messages.ts";
import type { MethodSpecs } from "./method-spec.ts";
import { identifier, sessionKey, shortText } from "./params.ts";
import type { SessionRow } from "./sessions.ts";

const sessionsDescribeParams = z.strictObject({
  key: sessionKey,
  agentId: identifier.optional(),
  includeDerivedTitles: z.boolean().optional(),
  includeLastMessage: z.boolean().optional(),
});

export interface SessionsDescribe {
  /** `null` when there is none that the caller may see. */
  readonly session: SessionRow | null;
}

const sessionsGetParams = z.strictObject({
  key: sessionKey.optional(),
  sessionKey: sessionKey.optional().describe("The same as `key`, as some clients call it."),
  agentId: identifier.optional(),
  limit: z.int().min(1).max(1_000).optional().describe("Default 200."),
});

export interface SessionsGet {
  /** The newest, oldest first. */
  readonly messages: readonly HistoryMessage[];
}

/** Names the session by one of `key`, `sessionId` and `label`. */
const sessionsResolveParams = z.strictObject({
  key: sessionKey.optional(),
  sessionId: sessionKey.optional(),
  label: shortText.optional(),
  reference: shortText.optional(),
  shortId: shortText.optional(),
  slugHint: shortText.optional(),
  agentId: identifier.optional(),
  spawnedBy: identifier.optional(),
  includeGlobal: z.boolean().optional(),
  includeUnknown: z.boolean().optional(),
  allowMissing: z.boolean().optional().describe("Answer `ok: false` instead of an error when there is none."),
});

export type SessionsResolved =
  | { readonly ok: true; readonly key: string; readonly sessionId: string; readonly agentId: string }
  | { readonly ok: false };

/** Sessions in one answer of `sessions.preview`. */
const MAX_PREVIEWS = 64;

const sessionsPreviewParams = z.strictObject({
  keys: z.array(sessionKey).min(1).max(MAX_PREVIEWS),
  limit: z.int().min(1).optional().describe("Messages of each. Default 12, at most 50."),
  maxChars: z.int().min(20).max(10_000).optional().describe("Of each message. Default 240."),
});

export interface SessionsPreview {
  /** Unix milliseconds. */
  readonly ts: number;
  /** In the order asked for. */
  readonly previews: readonly {
    readonly key: string;
    readonly status: "ok" | "empty" | "missing";
    /** Oldest first, without tool calls and their results. */
    readonly items: readonly { readonly role: "user" | "assistant"; readonly text: string }[];
  }[];
}

export interface SessionReadingResults {
  readonly "sessions.describe": SessionsDescribe;
  readonly "sessions.get": SessionsGet;
  readonly "sessions.resolve": SessionsResolved;
  readonly "sessions.preview": SessionsPreview;
}

export const sessionReadingMethods = {
  "sessions.describe": {
    summary: "One session's row.",
    params: sessionsDescribeParams,
    scope: "operator.read",
    example: { key: "main", includeDerivedTitles: true, includeLastMessage: true },
  },
  "sessions.get": {
    summary: "The newest messages of a session.",
    params: sessionsGetParams,
    scope: "operator.read",
    example: { key: "main", limit: 20 },
  },
  "sessions.resolve": {
    summary: "A session's key from its key, id or label.",
    params: sessionsResolveParams,
    scope: "operator.read",
    example: { label: "a", includeGlobal: true, allowMissing: true },
  },
  "sessions.preview": {
    summary: "The last messages of several sessions, cut short.",
    params: sessionsPreviewParams,
    scope: "operator.read",
    example: { keys: ["main"], limit: 2, maxChars: 100 },
  },
} as const satisfies MethodSpecs<SessionReadingResults>;
