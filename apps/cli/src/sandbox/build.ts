import { EXIT_CODES } from "../exit-codes.ts";
import { CommandError } from "../failure.ts";
import { onInterrupt } from "../interrupt.ts";
import { paint, print } from "../output.ts";
import { duration, printable } from "../text.ts";

export interface BuildOptions {
  readonly rootfs?: string;
  readonly tag?: string;
  readonly engine?: string;
}

/** What a build is given, to be stopped and to tell how far it is. */
interface Shown {
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/** Builds the sandbox image and shows how far it is. Ctrl-C stops the build. */
export async function buildImage(options: BuildOptions): Promise<void> {
  const { buildSandboxImage } = await import("@claw/sandbox-docker");
  await buildShown(options.engine, (shown) => buildSandboxImage({ ...options, ...shown }));
}

/** Shows how far a build is, and the name of what it built. */
export async function buildShown(engine: string | undefined, build: (shown: Shown) => Promise<string>): Promise<void> {
  const { probeDocker } = await import("@claw/sandbox-docker");
  const { reachable, reason } = await probeDocker(engine === undefined ? {} : { engine });
  if (!reachable) throw new CommandError(EXIT_CODES.unreachable, reason);
  const interrupt = new AbortController();
  using _interrupt = onInterrupt(() => interrupt.abort());
  const startedMs = performance.now();
  const progress = await createProgress();
  try {
    const name = await build({
      signal: interrupt.signal,
      onProgress: (line) => progress.line(printable(line)),
    });
    progress.done(`${name} is ready ${paint("dim", `(${duration(performance.now() - startedMs)})`)}`);
  } catch (error) {
    progress.failed(interrupt.signal.aborted ? "The build was stopped." : "The build failed.");
    if (interrupt.signal.aborted) throw new CommandError(EXIT_CODES.interrupted, "");
    throw error;
  }
}

interface Progress {
  line(text: string): void;
  done(text: string): void;
  failed(text: string): void;
}

/** In a terminal the last lines, gone when all went well; every line elsewhere. */
async function createProgress(): Promise<Progress> {
  if (!process.stdout.isTTY) return { line: print, done: print, failed: print };
  const { taskLog } = await import("@clack/prompts");
  const log = taskLog({ title: "Building the sandbox image", limit: 8 });
  return {
    line: (text) => log.message(text),
    done: (text) => log.success(text),
    failed: (text) => log.error(text),
  };
}
