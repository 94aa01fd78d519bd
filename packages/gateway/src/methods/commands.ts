import type { CommandEntry } from "@claw/protocol";
import type { Command } from "../commands/command.ts";
import { namesOf } from "../commands/registry.ts";
import type { Handlers, MethodDeps } from "./context.ts";

export function commandMethods({ commands }: MethodDeps): Pick<Handlers, "commands.list"> {
  return {
    async "commands.list"({ scope = "both", includeArgs = true }) {
      return { commands: scope === "native" ? [] : commands.all.map((command) => entryOf(command, includeArgs)) };
    },
  };
}

/** A command as clients list it. */
export function entryOf(command: Command, includeArgs: boolean): CommandEntry {
  const { name, description, category, argument } = command;
  const entry = {
    name,
    textAliases: namesOf(command).map((alias) => `/${alias}`),
    description,
    category,
    source: "native",
    scope: "text",
    acceptsArgs: argument !== undefined,
  } as const;
  if (argument === undefined || !includeArgs) return entry;
  const choices = argument.choices?.map((value) => ({ value, label: value }));
  const { name: of, description: about } = argument;
  return { ...entry, args: [{ name: of, description: about, type: "string", ...(choices && { choices }) }] };
}
