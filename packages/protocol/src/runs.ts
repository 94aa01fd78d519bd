import { z } from "zod";
import { identifier, sessionKey } from "./params.ts";

// Claw's own methods: what a run did, and how long each part of it took.

export const runsGetParams = z.strictObject({ runId: identifier });

export interface RunsGet {
  readonly run: RunRow;
}

export const runsListParams = z.strictObject({
  sessionKey,
  /** Default 50. */
  limit: z.int().min(1).max(500).optional(),
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
