import { z } from "zod";
import type { MethodSpecs } from "./method-spec.ts";

// Claw's own method: where tools run, and what that place does not protect from.

const sandboxStatusParams = z.strictObject({});

export interface SandboxStatus {
  readonly backend: string;
  /** What it is, in one sentence for people. */
  readonly summary: string;
  /** What it can't do or does not protect from, a sentence each. */
  readonly limits: readonly string[];
  readonly state: "ready" | "preparing" | "unavailable";
  /** What is being prepared, while `preparing`. */
  readonly progress?: string;
  /** Why, and how to mend it, while `unavailable`. */
  readonly reason?: string;
}

export interface SandboxResults {
  readonly "sandbox.status": SandboxStatus;
}

export const sandboxMethods = {
  "sandbox.status": {
    summary: "Where tools run, and what that place does not protect from.",
    params: sandboxStatusParams,
    scope: "operator.read",
    example: {},
  },
} as const satisfies MethodSpecs<SandboxResults>;
