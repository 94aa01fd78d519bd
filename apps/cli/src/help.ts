import type { Command, HelpConfiguration } from "commander";
import { paint } from "./output.ts";

/** How help looks; commander drops the colours where the terminal has none. */
export const helpStyle: HelpConfiguration = {
  styleTitle: (text) => paint("bold", text),
  styleCommandText: (text) => paint("cyan", text),
  styleSubcommandText: (text) => paint("cyan", text),
  styleOptionText: (text) => paint("cyan", text),
  styleArgumentText: (text) => paint("cyan", text),
  subcommandTerm: (command) => {
    const [name = ""] = [command.name()];
    const parameters = command.registeredArguments.map((one) => (one.required ? `<${one.name()}>` : `[${one.name()}]`));
    return [name, ...parameters].join(" ");
  },
};

/** Adds examples below a command's options: each a command line and what it does. */
export function examples(command: Command, lines: readonly (readonly [command: string, what: string])[]): Command {
  const width = Math.max(...lines.map(([text]) => text.length));
  return command.addHelpText("after", () => {
    const body = lines.map(([text, what]) => `  ${text.padEnd(width)}  ${paint("dim", `# ${what}`)}`);
    return ["", paint("bold", "Examples:"), ...body].join("\n");
  });
}
