import { EXIT_CODES } from "./exit-codes.ts";

/** One Ctrl-C may arrive twice, from the terminal and from a parent that passes it on. */
const SAME_KEYPRESS_MS = 1_000;

/** Calls back at the first Ctrl-C or SIGTERM; a later one ends the process at once. Disposing it stops listening. */
export function onInterrupt(handler: () => void): Disposable {
  let firstMs: number | undefined;
  const listener = (): void => {
    if (firstMs === undefined) handler();
    else if (performance.now() - firstMs > SAME_KEYPRESS_MS) process.exit(EXIT_CODES.interrupted);
    firstMs ??= performance.now();
  };
  process.on("SIGINT", listener).on("SIGTERM", listener);
  return {
    [Symbol.dispose]: () => void process.off("SIGINT", listener).off("SIGTERM", listener),
  };
}
