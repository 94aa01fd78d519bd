import { z } from "zod";
import type { MethodSpecs } from "./method-spec.ts";
import { identifier, sessionKey } from "./params.ts";

const modelsListParams = z.strictObject({
  agentId: identifier.optional(),
  sessionKey: sessionKey.optional(),
  authProfileId: identifier.optional(),
  provider: identifier.optional().describe("Only models of this one."),
  includeDetails: z.boolean().optional(),
  includeDefaultModels: z.boolean().optional(),
  view: z.enum(["default", "configured", "provider-config", "all"]).optional(),
  includeProviderCapabilities: z.boolean().optional(),
  preparedOnly: z.boolean().optional(),
  refresh: z.boolean().optional(),
});

export interface ModelsList {
  readonly models: readonly ModelRow[];
}

export interface ModelRow {
  /** Without its provider. */
  readonly id: string;
  readonly name: string;
  readonly provider: string;
  /** Tokens. */
  readonly contextWindow?: number;
  /** False when its provider has no credential. */
  readonly available: boolean;
  /** Roles that resolve to it now, such as `planner`. */
  readonly tags: readonly string[];
}

const modelsAuthStatusParams = z.strictObject({ refresh: z.boolean().optional() });

/** Where each provider's key comes from; never a key. */
export interface ModelsAuthStatus {
  /** Unix milliseconds. */
  readonly ts: number;
  readonly providers: readonly ProviderAuth[];
}

export interface ProviderAuth {
  readonly provider: string;
  readonly displayName: string;
  /** `static`: it has a key; `ok`: it needs none. */
  readonly status: "static" | "ok" | "missing";
  readonly source: "config" | "environment" | "none";
  /** The variable or configuration key where it stands, or may be put. */
  readonly setting: string;
}

const modelsProbeParams = z.strictObject({
  model: identifier.optional().describe("A role or `provider/model`. Default: the default model."),
  timeoutMs: z.int().min(1).max(120_000).optional().describe("Default 30,000."),
});

/** What one tiny completion came to. */
export interface ModelsProbe {
  /** `provider/model`. */
  readonly model: string;
  readonly ok: boolean;
  readonly status: "ok" | "auth" | "rate_limit" | "timeout" | "unknown_model" | "unavailable" | "failed";
  readonly latencyMs: number;
  /** For people: what went wrong and what to do. */
  readonly error?: string;
}

export interface ModelsResults {
  readonly "models.list": ModelsList;
  readonly "models.authStatus": ModelsAuthStatus;
  readonly "models.probe": ModelsProbe;
}

export const modelsMethods = {
  "models.list": {
    summary: "The models there are, and which of them have a credential.",
    params: modelsListParams,
    scope: "operator.read",
    example: { includeDetails: true, view: "configured" },
  },
  "models.authStatus": {
    summary: "Which providers have a key, and where it comes from.",
    params: modelsAuthStatusParams,
    scope: "operator.read",
    example: { refresh: true },
  },
  "models.probe": {
    summary: "Asks a model for a few tokens and says how that went.",
    params: modelsProbeParams,
    scope: "operator.admin",
    example: { model: "openai/gpt-6", timeoutMs: 1_000 },
  },
} as const satisfies MethodSpecs<ModelsResults>;
