import { type Command, CommanderError } from "commander";
import { EXIT_CODES } from "./exit-codes.ts";
import { failureOf } from "./failure.ts";
import { note, paint } from "./output.ts";
import { createProgram } from "./program.ts";

/** Runs one command line and resolves with the exit code. Every failure has been told by then. */
export async function runCommand(argv: readonly string[]): Promise<number> {
  endWithReader(process.stdout);
  const program: Command = createProgram();
  try {
    if (argv.length <= 2) program.outputHelp();
    else await program.parseAsync(argv);
    return EXIT_CODES.done;
  } catch (error) {
    // Commander has said what was wrong by now; asking for help is no failure.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.usage;
    const { exitCode, message } = failureOf(error);
    if (message !== "") note(`${paint("red", "error", process.stderr)} ${message}`);
    if (process.env["CLAW_DEBUG"] === "1" && error instanceof Error) note(error.stack ?? "");
    return exitCode;
  }
}

/** Nobody reads on (`claw models | head -1`): that is no error. */
function endWithReader(stream: NodeJS.WriteStream): void {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(EXIT_CODES.done);
    throw error;
  });
}
