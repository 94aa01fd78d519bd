import type { Command } from "./command.ts";
import { execCommands } from "./exec-commands.ts";
import { optionCommands } from "./option-commands.ts";
import { sessionCommands, startOver } from "./session-commands.ts";
import { statusCommands } from "./status-commands.ts";

export interface Commands {
  readonly all: readonly Command[];
  /** The one that a message means which starts its session over in other words. */
  readonly startOver: Command;
  /** The command that a whole message is. Words without a slash count only while the session is `busy`. */
  match(text: string, busy: boolean): { readonly command: Command; readonly argument: string } | undefined;
}

/** Longer texts are no commands, whatever they begin with. */
const MAX_CHARACTERS = 300;

export function createCommands(
  all: readonly Command[] = [...sessionCommands, ...optionCommands, ...execCommands, ...statusCommands],
): Commands {
  const byName = new Map(all.flatMap((command) => namesOf(command).map((name) => [name, command] as const)));
  const byWord = new Map(all.flatMap((command) => (command.words ?? []).map((word) => [word, command] as const)));
  return {
    all,
    startOver,
    match(text, busy) {
      const said = text.trim();
      if (said.length > MAX_CHARACTERS) return undefined;
      const word = busy ? byWord.get(said.toLowerCase().replace(/[.!]+$/, "")) : undefined;
      if (word !== undefined) return { command: word, argument: "" };
      const [, name = "", argument = ""] = /^\/([a-z]+)(?::?\s+(\S[^\n]*))?$/i.exec(said) ?? [];
      const command = byName.get(name.toLowerCase());
      // What takes nothing after its name is with something after it a message like others.
      if (command === undefined || (argument !== "" && command.argument === undefined)) return undefined;
      return { command, argument: argument.trim() };
    },
  };
}

/** Every name of a command, without slashes. */
export function namesOf({ name, aliases = [] }: Command): readonly string[] {
  return [name, ...aliases];
}
