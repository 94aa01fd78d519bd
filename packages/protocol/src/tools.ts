import { z } from "zod";
import type { MethodSpecs } from "./method-spec.ts";
import { idempotencyKey, identifier, sessionKey } from "./params.ts";

const toolsCatalogParams = z.strictObject({
  agentId: identifier.optional().describe("Default: the default agent."),
  includePlugins: z.boolean().optional().describe("There are none; the answer is the same."),
});

/** Every tool of the gateway, whoever may use it. */
export interface ToolsCatalog {
  readonly agentId: string;
  readonly profiles: readonly { readonly id: string; readonly label: string }[];
  readonly groups: readonly ToolGroup<{ readonly defaultProfiles: readonly string[] }>[];
}

export interface ToolGroup<More = object> {
  readonly id: string;
  readonly label: string;
  readonly source: "core";
  readonly tools: readonly (ToolRow & More)[];
}

export interface ToolRow {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly source: "core";
}

const toolsEffectiveParams = z.strictObject({
  agentId: identifier.optional().describe("Default: the session's agent."),
  sessionKey: sessionKey.optional().describe("Default: the main session."),
});

export interface ToolsEffective {
  readonly agentId: string;
  /** The tools the agent may use, after asking where it must. */
  readonly groups: readonly ToolGroup<{ readonly effect: "allow" | "ask"; readonly rule: string }>[];
  /** The tools it may not use, and why. */
  readonly denied: readonly { readonly id: string; readonly rule: string; readonly reason: string }[];
}

const toolsInvokeParams = z.strictObject({
  name: identifier,
  args: z.record(z.string(), z.unknown()).optional(),
  sessionKey: sessionKey.optional().describe("Default: the main session."),
  agentId: identifier.optional(),
  confirm: z.boolean().optional().describe("Changes nothing: what needs an approval waits for it."),
  idempotencyKey: idempotencyKey
    .optional()
    .describe("Durable: a repeat gets the first result and runs nothing, over HTTP as well."),
});

/** The call was made, or refused; a mistake in the request is an error of the request. */
export interface ToolsInvoked {
  readonly ok: boolean;
  readonly toolName: string;
  /** Absent when it was refused before it became a run. */
  readonly runId?: string;
  readonly output?: { readonly text: string; readonly details?: Readonly<Record<string, unknown>> };
  readonly source: "core";
  readonly error?: { readonly code: string; readonly message: string };
}

export interface ToolsResults {
  readonly "tools.catalog": ToolsCatalog;
  readonly "tools.effective": ToolsEffective;
  readonly "tools.invoke": ToolsInvoked;
}

export const toolsMethods = {
  "tools.catalog": {
    summary: "Every tool of the gateway, by group, with the profiles it is part of.",
    params: toolsCatalogParams,
    scope: "operator.read",
    example: { agentId: "main", includePlugins: true },
  },
  "tools.effective": {
    summary: "The tools an agent may use, and the rule that decides for each.",
    params: toolsEffectiveParams,
    scope: "operator.read",
    example: { sessionKey: "agent:main:main", agentId: "main" },
  },
  "tools.invoke": {
    summary: "Runs one tool without a model, as `POST /tools/invoke` does; answers when it has run.",
    params: toolsInvokeParams,
    scope: "operator.write",
    example: { name: "read", args: { path: "notes.md" }, sessionKey: "agent:main:main", idempotencyKey: "notes-1" },
  },
} as const satisfies MethodSpecs<ToolsResults>;
