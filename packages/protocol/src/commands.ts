import { z } from "zod";
import type { MethodSpecs } from "./method-spec.ts";
import { identifier, sessionKey } from "./params.ts";

const commandsListParams = z.strictObject({
  agentId: identifier.optional(),
  sessionKey: sessionKey.optional(),
  provider: identifier.optional(),
  scope: z.enum(["text", "native", "both"]).optional().describe("Every command of the gateway is a text one."),
  includeArgs: z.boolean().optional().describe("Default true."),
});

export interface CommandEntry {
  readonly name: string;
  /** With their slash. */
  readonly textAliases: readonly string[];
  readonly description: string;
  readonly category: "session" | "options" | "status";
  readonly source: "native";
  readonly scope: "text";
  readonly acceptsArgs: boolean;
  readonly args?: readonly {
    readonly name: string;
    readonly description: string;
    readonly type: "string";
    readonly choices?: readonly { readonly value: string; readonly label: string }[];
  }[];
}

export interface CommandsList {
  readonly commands: readonly CommandEntry[];
}

export interface CommandsResults {
  readonly "commands.list": CommandsList;
}

export const commandsMethods = {
  "commands.list": {
    summary: "Lists the text commands that a message may be.",
    params: commandsListParams,
    scope: "operator.read",
    example: { agentId: "main", scope: "text", includeArgs: false },
  },
} as const satisfies MethodSpecs<CommandsResults>;
