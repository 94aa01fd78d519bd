import { z } from "zod";
import { MAX_MESSAGE_LENGTH } from "./chat.ts";
import type { MethodSpecs } from "./method-spec.ts";
import { attachments, count, FOREIGN, idempotencyKey, identifier, sessionKey, shortText } from "./params.ts";
import type { SessionRow } from "./sessions.ts";

const foreign = <Name extends string>(...names: readonly Name[]) =>
  Object.fromEntries(names.map((name) => [name, FOREIGN])) as Record<Name, typeof FOREIGN>;

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
  ...foreign(
    "agentRuntime",
    "catalogId",
    "category",
    "contextWindow",
    "cwd",
    "execNode",
    "fastMode",
    "fork",
    "forkFrom",
  ),
  ...foreign("incognito", "mentions", "model", "permissionMode", "projectGitUrl", "projectId", "repository"),
  ...foreign("thinkingLevel", "toolOverrides", "visibility"),
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
  thinking: shortText.optional(),
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

const sessionsPatchParams = z.strictObject({
  key: sessionKey,
  agentId: identifier.optional(),
  expectedSessionId: sessionKey.optional(),
  label: z.string().max(512).nullable().optional().describe("`null` takes it away."),
  ...foreign("agentRuntime", "archived", "category", "color", "fastMode", "icon", "model", "permissionMode", "pinned"),
  ...foreign("thinkingLevel", "toolOverrides", "unread"),
  ...foreign("expectedLifecycleRevision", "expectedMarkedUnreadAt", "expectedNativeRuntimeConsent"),
  ...foreign("expectedPermissionMode", "expectedSandboxMode", "expectedToolOverrides"),
});

export interface SessionsPatched {
  readonly ok: true;
  readonly key: string;
  readonly entry: SessionRow;
}

const sessionsResetParams = z.strictObject({
  key: sessionKey,
  agentId: identifier.optional(),
  reason: shortText.optional(),
  expectedSessionId: sessionKey.optional(),
});

const sessionsDeleteParams = z.strictObject({
  key: sessionKey,
  agentId: identifier.optional(),
  expectedSessionId: sessionKey.optional(),
  deleteTranscript: z.literal(true).optional(),
  emitLifecycleHooks: z.boolean().optional(),
  ...foreign("archivedOnly", "expectedLifecycleRevision", "expectedSessionUpdatedAt"),
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
  "sessions.abort": {
    summary: "Stops the runs of a session, or one run.",
    params: sessionsAbortParams,
    scope: "operator.write",
    example: { key: "main", clearQueued: true },
  },
  "sessions.patch": {
    summary: "Changes what a session is called.",
    params: sessionsPatchParams,
    scope: "operator.write",
    example: { key: "main", label: null },
  },
  "sessions.reset": {
    summary: "Empties a session; its key stays.",
    params: sessionsResetParams,
    scope: "operator.admin",
    example: { key: "main", reason: "new" },
  },
  "sessions.delete": {
    summary: "Deletes a session with its transcript.",
    params: sessionsDeleteParams,
    scope: "operator.admin",
    example: { key: "main", deleteTranscript: true },
  },
} as const satisfies MethodSpecs<SessionEditsResults>;
