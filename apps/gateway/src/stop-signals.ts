/** What a shell makes of a process that a signal ended. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** One Ctrl-C may arrive twice, from the terminal and from a parent that passes it on. */
const SAME_KEYPRESS_MS = 1_000;

/**
 * The first signal to stop. Another one, later than an echo of the first, ends the process at once: the journal holds
 * what it was doing, and the stop was asked for, so that it is no crash.
 */
export function untilStopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let firstMs: number | undefined;
    const stop = (signal: keyof typeof EXIT_CODES): void => {
      if (performance.now() - (firstMs ?? Infinity) > SAME_KEYPRESS_MS) process.exit(EXIT_CODES[signal]);
      firstMs ??= performance.now();
      resolve(signal);
    };
    process.on("SIGINT", () => stop("SIGINT")).on("SIGTERM", () => stop("SIGTERM"));
  });
}
