import { z } from "zod";
import type { MethodSpecs } from "./method-spec.ts";
import { identifier, sessionKey } from "./params.ts";

// Claw's own methods: what a run did, and how long each part of it took.

const runsGetParams = z.strictObject({ runId: identifier });

export interface RunsGet {
  readonly run: RunRow;
}

const runsListParams = z.strictObject({
  sessionKey,
  limit: z.int().min(1).max(500).optional().describe("Default 50."),
});

export interface RunsList {
  /** Newest first. */
  readonly runs: readonly RunRow[];
}

/** Times in Unix milliseconds. */
export interface RunRow {
  readonly runId: string;
  readonly sessionKey: string;
  readonly state: "queued" | "running" | "done" | "aborted" | "error";
  readonly acceptedAt: number;
  readonly endedAt?: number;
  /** The run whose turn its message became part of. */
  readonly answeredBy?: string;
  /** Present exactly when `state` is `error`. */
  readonly error?: { readonly code: string; readonly message: string };
  /** Complete once the run has ended. */
  readonly timeline: readonly TimelineSpan[];
}

/** One stage of a run. */
export interface TimelineSpan {
  readonly stage:
    | "accept"
    | "journal"
    | "lane"
    | "prompt"
    | "model"
    | "decide"
    | "approval"
    | "question"
    | "sandbox"
    | "tool"
    | "record"
    | "deliver";
  /** Since the run was received. */
  readonly startMs: number;
  readonly durationMs: number;
  /** What exactly: the model, the tool, the command's head. */
  readonly label?: string;
}

export interface RunsResults {
  readonly "runs.get": RunsGet;
  readonly "runs.list": RunsList;
}

export const runsMethods = {
  "runs.get": {
    summary: "One run with its timeline.",
    params: runsGetParams,
    scope: "operator.read",
    example: { runId: "k" },
  },
  "runs.list": {
    summary: "The runs of a session, newest first.",
    params: runsListParams,
    scope: "operator.read",
    example: { sessionKey: "agent:main:main", limit: 10 },
  },
} as const satisfies MethodSpecs<RunsResults>;
