import { z } from "zod";
import type { ConfigIssue } from "./config.ts";
import type { MethodSpecs } from "./method-spec.ts";
import { identifier, shortText } from "./params.ts";

const agentsListParams = z.strictObject({});

/** Keys of an entry of `agents.list`; what each may be, the configuration says. */
const settings = {
  name: z.string().min(1).max(200).nullish(),
  description: shortText.nullish(),
  default: z.boolean().nullish(),
  model: identifier.nullish(),
  role: identifier.nullish(),
  systemPrompt: z.string().max(100_000).nullish(),
  tools: z.record(z.string(), z.unknown()).nullish(),
  workspace: z.string().min(1).max(4_096).nullish(),
  sandbox: z.record(z.string(), z.unknown()).nullish(),
};

const agentsCreateParams = z.strictObject({
  agentId: identifier.optional().describe("Default: made from `name`; one of the two is needed."),
  ...settings,
});
const agentsUpdateParams = z.strictObject({ agentId: identifier, ...settings });
const agentsDeleteParams = z.strictObject({
  agentId: identifier,
  deleteFiles: z.literal(false).optional().describe("Files and sessions stay."),
});

export interface AgentsList {
  readonly defaultId: string;
  /** `sole`: one agent answers everything; `explicit`: bindings choose. */
  readonly ownership: "sole" | "explicit";
  readonly selectionRequired: boolean;
  /** Last part of the main session's key. */
  readonly mainKey: string;
  readonly scope: "per-sender" | "global";
  readonly agents: readonly AgentSummary[];
}

export interface AgentSummary {
  readonly id: string;
  /** What people call it. */
  readonly name?: string;
  /** One line: what it is good at. */
  readonly description?: string;
  readonly identity?: { readonly name?: string; readonly emoji?: string };
  readonly workspace?: string;
  readonly model?: { readonly primary?: string; readonly fallbacks?: readonly string[] };
}

export interface AgentWritten {
  readonly ok: true;
  readonly agentId: string;
  /** Changed keys that count from the next start; none is the rule. */
  readonly restartRequired: readonly string[];
  /** Parts that could not take the change on and work as before. */
  readonly issues: readonly ConfigIssue[];
}

export interface AgentDeleted extends AgentWritten {
  /** Bindings that led to it and went with it. */
  readonly removedBindings: number;
}

export interface AgentsResults {
  readonly "agents.list": AgentsList;
  readonly "agents.create": AgentWritten;
  readonly "agents.update": AgentWritten;
  readonly "agents.delete": AgentDeleted;
}

export const agentsMethods = {
  "agents.list": {
    summary: "The agents there are, and which one answers what names none.",
    params: agentsListParams,
    scope: "operator.read",
    example: {},
  },
  "agents.create": {
    summary: "Writes a new agent into the configuration file; it answers from now on.",
    params: agentsCreateParams,
    scope: "operator.admin",
    example: { name: "Writer", model: "anthropic/claude-sonnet-5" },
  },
  "agents.update": {
    summary: "Changes what the configuration file says of an agent, a built-in one as well; `null` takes a key out.",
    params: agentsUpdateParams,
    scope: "operator.admin",
    example: { agentId: "writer", description: "Writes letters", model: null },
  },
  "agents.delete": {
    summary:
      "Takes an agent out of the configuration file, and the bindings that lead to it. Its sessions and its workspace stay on disk; an agent of that id has them again. The default agent and the built-in ones stay.",
    params: agentsDeleteParams,
    scope: "operator.admin",
    example: { agentId: "writer" },
  },
} as const satisfies MethodSpecs<AgentsResults>;
