import { z } from "zod";
import type { MethodSpecs } from "./method-spec.ts";
import { identifier } from "./params.ts";

/** The largest file of an agent's workspace that is shown or written, in UTF-8 bytes. */
const MAX_AGENT_FILE_BYTES = 256 * 1024;

const agentId = identifier;
const name = z.string().min(1).max(64).describe("One of the names that `agents.files.list` lists.");

const listParams = z.strictObject({ agentId });
const getParams = z.strictObject({ agentId, name });
const setParams = z.strictObject({
  agentId,
  name,
  content: z.string().max(MAX_AGENT_FILE_BYTES),
  expectedHash: z
    .string()
    .max(64)
    .nullable()
    .optional()
    .describe("Of the content that this replaces, `null` for a file that is not there; another one is a refusal."),
});

/** A file that goes into every prompt of the agent. */
export interface AgentFile {
  readonly name: string;
  readonly path: string;
  readonly missing: boolean;
  /** Why it is there and can't be used. */
  readonly problem?: string;
  /** Bytes. */
  readonly size?: number;
  /** Unix milliseconds. */
  readonly updatedAtMs?: number;
  /** Lower-case hex SHA-256 of the content. */
  readonly hash?: string;
}

export interface AgentFilesList {
  readonly agentId: string;
  readonly workspace: string;
  readonly files: readonly AgentFile[];
}

export interface AgentFilesGet {
  readonly agentId: string;
  readonly workspace: string;
  /** Without `content` when it is missing. */
  readonly file: AgentFile & { readonly content?: string };
}

export interface AgentFilesSet extends AgentFilesGet {
  readonly ok: true;
}

export interface AgentFilesResults {
  readonly "agents.files.list": AgentFilesList;
  readonly "agents.files.get": AgentFilesGet;
  readonly "agents.files.set": AgentFilesSet;
}

export const agentFilesMethods = {
  "agents.files.list": {
    summary: "The files that go into an agent's prompt, those that are missing as well.",
    params: listParams,
    scope: "operator.read",
    example: { agentId: "main" },
  },
  "agents.files.get": {
    summary: "One of them, with its content.",
    params: getParams,
    scope: "operator.read",
    example: { agentId: "main", name: "AGENTS.md" },
  },
  "agents.files.set": {
    summary: "Writes one of them, all or nothing; the next turn reads it.",
    params: setParams,
    scope: "operator.admin",
    example: { agentId: "main", name: "AGENTS.md", content: "Be brief.", expectedHash: null },
  },
} as const satisfies MethodSpecs<AgentFilesResults>;
