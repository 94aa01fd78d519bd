import { z } from "zod";
import type { MethodSpecs } from "./method-spec.ts";
import { identifier, sessionKey } from "./params.ts";

// Claw's own methods: where tools run, by which rules, and what that place does not protect from.

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
  /** Why, and how to mend it, while `unavailable`; while `ready`, what keeps going wrong. */
  readonly reason?: string;
}

const sandboxExplainParams = z.strictObject({
  agentId: identifier.optional().describe("Default: the session's agent."),
  sessionKey: sessionKey.optional().describe("Default: the main session."),
});

/** Where the tools of a session run for whoever asks, and which key of the configuration each value comes from. */
export interface SandboxExplained {
  readonly agentId: string;
  readonly sessionKey: string;
  /** `nowhere`: tools that need a place refuse. */
  readonly place: "sandbox" | "host" | "nowhere";
  readonly rule: string;
  readonly reason: string;
  /** Where its commands run with what was chosen for it, and who is asked, in a sentence for people. */
  readonly commands: string;
  readonly values: readonly SandboxValue[];
}

export interface SandboxValue {
  /** As below `sandbox` in the configuration, like `docker.memoryMb`. */
  readonly key: string;
  /** For people, of several lines where it is a list; no secret. */
  readonly value: string;
  /** The key of the configuration, or `default`. */
  readonly rule: string;
}

const sandboxListParams = z.strictObject({});

/** A sandbox that is there now. */
export interface SandboxRow {
  /** Whoever has the same key shares it. */
  readonly key: string;
  readonly backend: string;
  /** The backend's name for it; absent while it is made. */
  readonly id?: string;
  /** Who used it last. */
  readonly agentId: string;
  readonly sessionKey: string;
  /** Tool calls that use it now. */
  readonly calls: number;
  readonly sinceMs: number;
}

export interface SandboxList {
  readonly sandboxes: readonly SandboxRow[];
}

const sandboxRecreateParams = z.strictObject({
  agentId: identifier.optional().describe("Those that this agent used last."),
  sessionKey: sessionKey.optional().describe("Those that this session used last."),
  force: z.boolean().optional().describe("Also under a command, which is then told that its outcome is unknown."),
});

/** The keys of sandboxes. The next call makes them anew, by the configuration as it is then; workspaces stay. */
export interface SandboxesEnded {
  readonly ended: readonly string[];
  /** End with the call that uses them. */
  readonly waiting: readonly string[];
}

const sandboxPruneParams = z.strictObject({});

export interface SandboxResults {
  readonly "sandbox.status": SandboxStatus;
  readonly "sandbox.explain": SandboxExplained;
  readonly "sandbox.list": SandboxList;
  readonly "sandbox.recreate": SandboxesEnded;
  readonly "sandbox.prune": SandboxesEnded;
}

export const sandboxMethods = {
  "sandbox.status": {
    summary: "Where tools run, and what that place does not protect from.",
    params: sandboxStatusParams,
    scope: "operator.read",
    example: {},
  },
  "sandbox.explain": {
    summary: "Where the tools of a session run, and the rule that each value comes from.",
    params: sandboxExplainParams,
    scope: "operator.read",
    example: { sessionKey: "agent:main:main" },
  },
  "sandbox.list": {
    summary: "The sandboxes that are there now.",
    params: sandboxListParams,
    scope: "operator.admin",
    example: {},
  },
  "sandbox.recreate": {
    summary: "Ends sandboxes, so that the next call makes them anew.",
    params: sandboxRecreateParams,
    scope: "operator.admin",
    example: { agentId: "main", force: true },
  },
  "sandbox.prune": {
    summary: "Ends the sandboxes that nothing uses.",
    params: sandboxPruneParams,
    scope: "operator.admin",
    example: {},
  },
} as const satisfies MethodSpecs<SandboxResults>;
