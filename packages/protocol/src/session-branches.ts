import { z } from "zod";
import type { MethodSpecs } from "./method-spec.ts";
import { identifier, sessionKey } from "./params.ts";
import type { SessionRow } from "./sessions.ts";

const entryId = z
  .string()
  .min(1)
  .max(640)
  .describe("`__openclaw.id` of a history message. A person's message is left out and given back to be edited.");

const branchParams = z.strictObject({ sessionKey, agentId: identifier.optional(), entryId });

export interface SessionsForked {
  /** Of the new session. */
  readonly sessionKey: string;
  /** What the person had written at that place. */
  readonly editorText?: string;
}

export interface SessionsRewound {
  readonly editorText?: string;
}

const sessionsCompactParams = z.strictObject({ key: sessionKey, agentId: identifier.optional() });

export interface SessionsCompacted {
  readonly ok: boolean;
  readonly key: string;
  readonly compacted: boolean;
  /** Why not. */
  readonly reason?: string;
  readonly entry?: SessionRow;
}

const chatInjectParams = z.strictObject({
  sessionKey,
  agentId: identifier.optional(),
  message: z.string().min(1).max(1_000_000),
  label: z.string().max(100).optional().describe("Put before the text, in brackets."),
});

export interface ChatInjected {
  readonly ok: true;
  readonly messageId: string;
}

export interface SessionBranchesResults {
  readonly "sessions.fork": SessionsForked;
  readonly "sessions.rewind": SessionsRewound;
  readonly "sessions.compact": SessionsCompacted;
  readonly "chat.inject": ChatInjected;
}

export const sessionBranchesMethods = {
  "sessions.fork": {
    summary: "Makes a new session with the history up to an entry.",
    params: branchParams,
    scope: "operator.write",
    example: { sessionKey: "main", entryId: "agent:main:main#3" },
  },
  "sessions.rewind": {
    summary: "Lets the history go on from an earlier entry; what came after it is kept aside.",
    params: branchParams,
    scope: "operator.admin",
    example: { sessionKey: "main", entryId: "agent:main:main#3" },
  },
  "sessions.compact": {
    summary: "Puts a summary in the place of older messages and answers when it is done.",
    params: sessionsCompactParams,
    scope: "operator.admin",
    example: { key: "main" },
  },
  "chat.inject": {
    summary: "Adds an assistant's message to a session without a turn.",
    params: chatInjectParams,
    scope: "operator.admin",
    example: { sessionKey: "main", message: "The build is green.", label: "CI" },
  },
} as const satisfies MethodSpecs<SessionBranchesResults>;
