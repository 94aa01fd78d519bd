import { z } from "zod";
import type { MethodSpecs } from "./method-spec.ts";
import { count } from "./params.ts";

const logsTailParams = z.strictObject({
  /** From the answer before; absent, the newest lines. */
  cursor: count.optional(),
  /** Default 500. */
  limit: z.int().min(1).max(5_000).optional(),
  /** Default 250,000. */
  maxBytes: z.int().min(1).max(1_000_000).optional(),
});

export interface LogsTail {
  readonly file: string;
  /** Bytes of the file up to which it has been told; to be sent with the next request. */
  readonly cursor: number;
  /** Bytes of the file. */
  readonly size: number;
  /** Whole lines, each a JSON object, oldest first. */
  readonly lines: readonly string[];
  /** Lines were left out: there are more than were asked for. */
  readonly truncated: boolean;
  /** The cursor was of a file that has been put away; these are the newest lines of the one after it. */
  readonly reset: boolean;
}

export interface LogsResults {
  readonly "logs.tail": LogsTail;
}

export const logsMethods = {
  "logs.tail": {
    summary: "The newest lines of the gateway's log, or those since a cursor; for its owner and for admins.",
    params: logsTailParams,
    scope: "operator.read",
    example: { limit: 200 },
  },
} as const satisfies MethodSpecs<LogsResults>;
