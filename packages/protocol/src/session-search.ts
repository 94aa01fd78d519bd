import { z } from "zod";
import type { MethodSpecs } from "./method-spec.ts";
import { identifier, sessionKey } from "./params.ts";
import { type SessionRow, sessionsListParams } from "./sessions.ts";

const sessionsSearchParams = z.strictObject({
  query: z.string().min(1).max(4_096),
  agentId: identifier.optional(),
  sessionKeys: z.array(sessionKey).min(1).max(200).optional().describe("Only in these."),
  /** Only in sessions that `sessions.list` would list. */
  scope: sessionsListParams.omit({ limit: true, offset: true }).optional(),
  limit: z.int().min(1).max(25).optional().describe("Default and maximum 25."),
});

export interface SessionsSearch {
  /** Newest first. */
  readonly results: readonly SearchResult[];
  /** Those of the results and those whose name holds the query. */
  readonly sessions: readonly SessionRow[];
  readonly truncated: boolean;
}

export interface SearchResult {
  readonly sessionKey: string;
  readonly sessionId: string;
  readonly messageId: string;
  readonly role: "user" | "assistant";
  /** Unix milliseconds. */
  readonly timestamp: number;
  /** The text around the first place found. */
  readonly snippet: string;
  /** 1: a text has the query or it has not. */
  readonly score: number;
}

export interface SessionSearchResults {
  readonly "sessions.search": SessionsSearch;
}

export const sessionSearchMethods = {
  "sessions.search": {
    summary: "Messages that hold a text, over the sessions the caller may see.",
    params: sessionsSearchParams,
    scope: "operator.read",
    example: { query: "lobster", scope: { agentId: "main", archived: "all" }, limit: 5 },
  },
} as const satisfies MethodSpecs<SessionSearchResults>;
