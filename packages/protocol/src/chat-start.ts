import { z } from "zod";
import { type ChatHistory, chatHistoryParams } from "./chat.ts";
import type { CommandEntry } from "./commands.ts";
import type { MethodSpecs } from "./method-spec.ts";
import type { ModelRow } from "./models.ts";
import { foreign, identifier, sessionKey } from "./params.ts";

/** What a client offers beside a conversation. */
export interface ChatMetadata {
  readonly commands: readonly CommandEntry[];
  readonly models: readonly ModelRow[];
}

export interface ChatStartup extends ChatHistory {
  readonly metadata: ChatMetadata;
}

const chatMetadataParams = z.strictObject({
  agentId: identifier.optional(),
  sessionKey: sessionKey.optional(),
  ...foreign("authProfileId"),
});

const agentIdentityParams = z.strictObject({ agentId: identifier.optional(), sessionKey: sessionKey.optional() });

export interface AgentIdentity {
  readonly agentId: string;
  readonly name: string;
  readonly nameSource: "config";
  readonly avatarStatus: "none";
}

export interface ChatStartResults {
  readonly "chat.startup": ChatStartup;
  readonly "chat.metadata": ChatMetadata;
  readonly "agent.identity.get": AgentIdentity;
}

export const chatStartMethods = {
  "chat.startup": {
    summary: "What a client shows when it opens a session: its history, the commands and the models.",
    params: chatHistoryParams,
    scope: "operator.read",
    example: { sessionKey: "main", limit: 200 },
  },
  "chat.metadata": {
    summary: "The commands and models that a conversation can be had with.",
    params: chatMetadataParams,
    scope: "operator.read",
    example: { sessionKey: "main" },
  },
  "agent.identity.get": {
    summary: "What an agent calls itself.",
    params: agentIdentityParams,
    scope: "operator.read",
    example: { agentId: "main" },
  },
} as const satisfies MethodSpecs<ChatStartResults>;
