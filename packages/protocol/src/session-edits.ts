import { z } from "zod";
import { MAX_MESSAGE_LENGTH } from "./chat.ts";
import type { MethodSpecs } from "./method-spec.ts";
import { attachments, count, foreign, idempotencyKey, identifier, sessionKey, shortText } from "./params.ts";
import { newSessionSettings, type SessionsPatched, sessionsPatchParams, sessionsResetParams } from "./session-patch.ts";
import type { SessionRow } from "./sessions.ts";

const message = z.string().max(MAX_MESSAGE_LENGTH);

const sessionsCreateParams = z.strictObject({
  key: sessionKey.optional().describe("Default: a new one."),
  agentId: identifier.optional(),
  label: shortText.optional(),
  displayName: shortText.optional(),
  message: message.optional().describe("The first message; `task` is the same."),
  task: message.optional(),
  idempotencyKey: idempotencyKey.optional(),
  attachments: attachments.optional(),
  timeoutMs: count.optional(),
  parentSessionKey: sessionKey.optional(),
  succeedsParent: z.boolean().optional(),
  spawnDepth: count.optional(),
  emitCommandHooks: z.boolean().optional(),
  titleSource: shortText.optional(),
  ...newSessionSettings.shape,
  ...foreign("agentRuntime", "catalogId", "contextWindow", "cwd", "execNode", "fork", "forkFrom"),
  ...foreign("incognito", "mentions", "permissionMode", "projectGitUrl", "projectId", "repository"),
  ...foreign("toolOverrides", "visibility"),
  ...foreign("worktree", "worktreeBaseRef", "worktreeName", "worktreeSource"),
});

export interface SessionsCreated {
  readonly ok: true;
  readonly key: string;
  readonly sessionId: string;
  readonly entry: SessionRow;
  readonly runStarted: boolean;
  readonly runId?: string;
}

const sessionsSendParams = z.strictObject({
  key: sessionKey,
  agentId: identifier.optional(),
  message,
  idempotencyKey: idempotencyKey.optional(),
  attachments: attachments.optional(),
  timeoutMs: count.optional(),
  thinking: shortText.optional().describe("Level for the turn that it begins; see docs/context.md."),
  ...foreign("mentions"),
});

export interface SessionsSent {
  readonly runId: string;
  readonly status: "started" | "in_flight";
  /** Of the message within the session. */
  readonly messageSeq: number;
}

const sessionsAbortParams = z.strictObject({
  key: sessionKey.optional().describe("All runs of the session, unless `runId` names one."),
  runId: identifier.optional(),
  agentId: identifier.optional(),
  clearQueued: z.boolean().optional(),
});

export interface SessionsAborted {
  readonly ok: true;
  readonly status: "aborted" | "no-active-run";
  readonly abortedRunId: string | null;
}

const sessionsDeleteParams = z.strictObject({
  key: sessionKey,
  agentId: identifier.optional(),
  expectedSessionId: sessionKey.optional(),
  deleteTranscript: z.literal(true).optional(),
  emitLifecycleHooks: z.boolean().optional(),
  archivedOnly: z
    .literal(true)
    .optional()
    .describe("Only when it is archived; without it the method asks for `operator.admin`."),
  ...foreign("expectedLifecycleRevision", "expectedSessionUpdatedAt"),
});

export interface SessionsDeleted {
  readonly ok: true;
  readonly key: string;
  /** False when there was none. */
  readonly deleted: boolean;
}

export interface SessionEditsResults {
  readonly "sessions.create": SessionsCreated;
  readonly "sessions.send": SessionsSent;
  readonly "sessions.steer": SessionsSent;
  readonly "sessions.abort": SessionsAborted;
  readonly "sessions.patch": SessionsPatched;
  readonly "sessions.reset": SessionsPatched;
  readonly "sessions.delete": SessionsDeleted;
}

export const sessionEditsMethods = {
  "sessions.create": {
    summary: "Makes a session, with a first message if one is given.",
    params: sessionsCreateParams,
    scope: "operator.write",
    example: { agentId: "main", label: "a", emitCommandHooks: false, succeedsParent: true },
  },
  "sessions.send": {
    summary: "Sends a message to a session that exists.",
    params: sessionsSendParams,
    scope: "operator.write",
    example: { key: "main", message: "hi", timeoutMs: 1, idempotencyKey: "k" },
  },
  "sessions.steer": {
    summary: "Sends a message that the turn going on reads before its next model step; an idle session begins a turn.",
    params: sessionsSendParams,
    scope: "operator.write",
    example: { key: "main", message: "in French, please", idempotencyKey: "k" },
  },
  "sessions.abort": {
    summary: "Stops the runs of a session, or one run.",
    params: sessionsAbortParams,
    scope: "operator.write",
    example: { key: "main", clearQueued: true },
  },
  "sessions.patch": {
    summary: "Changes what a session is called, how it looks, and what its turns are taken with.",
    params: sessionsPatchParams,
    // More for some keys: see `patchScope`.
    scope: "operator.write",
    example: { key: "main", label: null, model: "openai/gpt-6.1", thinkingLevel: "high", pinned: true },
  },
  "sessions.reset": {
    summary: "Starts a session over; its key and its history stay. Somebody else's asks for `operator.admin`.",
    params: sessionsResetParams,
    scope: "operator.write",
    example: { key: "main", reason: "new" },
  },
  "sessions.delete": {
    summary: "Deletes a session with its transcript.",
    params: sessionsDeleteParams,
    scope: "operator.write",
    example: { key: "main", deleteTranscript: true },
  },
} as const satisfies MethodSpecs<SessionEditsResults>;
