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

export interface ModelsResults {
  readonly "models.list": ModelsList;
}

export const modelsMethods = {
  "models.list": {
    summary: "The models there are, and which of them have a credential.",
    params: modelsListParams,
    scope: "operator.read",
    example: { includeDetails: true, view: "configured" },
  },
} as const satisfies MethodSpecs<ModelsResults>;
