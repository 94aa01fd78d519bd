export interface BashCommand {
  readonly argv: readonly [string, ...string[]];
  /** To be added to the command's own; bash takes it away again before the script begins. */
  readonly env: Readonly<Record<string, string>>;
}

/** Linux refuses a single string above 128 KiB, so that a longer script travels in parts of at most 30,000 characters. */
const PART = /.{1,30000}/gsu;

/** One line, so that line numbers in messages are the script's. */
const LAUNCH =
  'for __claw in "${!__claw_@}"; do __script+=${!__claw}; unset "$__claw"; done; eval "unset __claw __script; $__script"';

/**
 * A bash script with its positional parameters. The script goes into the environment, because arguments can be read by
 * everybody on the machine.
 */
export function bashCommand(script: string, parameters: readonly string[] = []): BashCommand {
  const parts = script.match(PART) ?? [];
  const env = Object.fromEntries(parts.map((part, index) => [`__claw_${String(index).padStart(4, "0")}`, part]));
  return { argv: ["/bin/bash", "-c", LAUNCH, "bash", ...parameters], env };
}
