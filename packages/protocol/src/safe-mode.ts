import { z } from "zod";
import type { MethodSpecs } from "./method-spec.ts";

// Claw's own: what keeps a gateway that crashes over and over from doing so again.

const safeModeOffParams = z.strictObject({});

/** Channels are off and unfinished turns wait. */
export interface SafeModeInfo {
  /** Unix milliseconds. */
  readonly since: number;
  /** A sentence for people. */
  readonly reason: string;
  /** How many turns wait. */
  readonly parkedCount: number;
  /** Those of them that the caller may see, oldest first, 20 at most; `acceptedAt` in Unix milliseconds. */
  readonly parked: readonly { readonly runId: string; readonly sessionKey: string; readonly acceptedAt: number }[];
}

export interface SafeModeOff {
  /** Whether it was in safe mode. */
  readonly left: boolean;
  /** Unfinished turns that go on. */
  readonly resumed: number;
}

export interface SafeModeResults {
  readonly "safe-mode.off": SafeModeOff;
}

export const safeModeMethods = {
  "safe-mode.off": {
    summary: "Leaves safe mode: channels start and unfinished turns go on.",
    params: safeModeOffParams,
    scope: "operator.admin",
    example: {},
  },
} as const satisfies MethodSpecs<SafeModeResults>;
