import { z } from "zod";
import type { MethodSpecs } from "./method-spec.ts";

const agentsListParams = z.strictObject({});

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
  readonly name?: string;
  readonly identity?: { readonly name?: string; readonly emoji?: string };
  readonly workspace?: string;
  readonly model?: { readonly primary?: string; readonly fallbacks?: readonly string[] };
}

export interface AgentsResults {
  readonly "agents.list": AgentsList;
}

export const agentsMethods = {
  "agents.list": {
    summary: "The agents there are, and which one answers what names none.",
    params: agentsListParams,
    scope: "operator.read",
    example: {},
  },
} as const satisfies MethodSpecs<AgentsResults>;
