import { ClawError } from "@claw/core";
import type { CommandEnd } from "@claw/sandbox-supervisor";
import { withDeadline } from "./deadline.ts";
import { ENGINE_TIMEOUT_MS } from "./engine.ts";
import { type EngineExec, startEngineExec } from "./engine-exec.ts";
import { reasonOf, sandboxError } from "./errors.ts";
import type { ExecuteOptions } from "./execute-options.ts";
import { killTree, nextMark } from "./kill-tree.ts";
import type { RunningContainer } from "./running-container.ts";

/** Linux refuses a single argument above 128 KiB; a longer script travels in parts of at most 30,000 characters. */
const SCRIPT_PART = /.{1,30000}/gsu;

/** Marks itself, then becomes the command: parameters 1 to 3 are mark, directory and the number of script parts. One line, so that line numbers in messages are the command's. */
const LAUNCH = `ulimit -x "$1" && cd -- "$2" || exit; printf -v __claw %s "\${@:4:$3}"; shift "$(($3 + 3))"; eval "unset __claw; $__claw"`;

/** The longest delay a timer takes. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** `execute` over the engine's API, for a container without the supervisor. */
export async function executeByEngine(sandbox: RunningContainer, options: ExecuteOptions): Promise<CommandEnd> {
  const { signal } = options;
  if (signal?.aborted) throw aborted(signal);
  const generation = sandbox.generation;
  const stop = stopper(Math.min(options.timeoutMs, MAX_TIMEOUT_MS), signal);
  let command: EngineExec | undefined;
  try {
    const mark = nextMark();
    const parts = options.script.match(SCRIPT_PART) ?? [""];
    command = await startEngineExec(sandbox.container, {
      ...options,
      argv: ["/bin/bash", "-c", LAUNCH, "bash", mark, options.cwd ?? ".", String(parts.length), ...parts].concat(
        options.parameters ?? [],
      ),
    });
    const end = await Promise.race([command.exit, stop.promise]);
    if (typeof end === "number") {
      await assertAlive(sandbox, generation, end);
      return { exitCode: end, timedOut: false };
    }
    await killTree(sandbox, mark, command);
    if (end === "aborted") throw aborted(signal);
    return { exitCode: 124, timedOut: true };
  } catch (error) {
    if (ClawError.is(error)) throw error;
    throw lost(error);
  } finally {
    stop.cancel();
    command?.release();
  }
}

/** What also remains of a command whose container was taken away under it: killed, or never quite started. */
const SUSPECT_CODES = new Set([126, 127, 128, 137]);

/**
 * Asks by running something, because the engine calls a container running for a while after its first process died,
 * when the kernel lets nothing be started in it any more.
 */
async function assertAlive(sandbox: RunningContainer, generation: number, exitCode: number): Promise<void> {
  if (SUSPECT_CODES.has(exitCode)) {
    const probe = await startEngineExec(sandbox.container, { argv: ["true"], onBytes: () => {} });
    const deadline = { what: "asking for the sandbox", timeoutMs: ENGINE_TIMEOUT_MS };
    if ((await withDeadline(deadline, () => probe.exit).finally(probe.release)) !== 0) {
      throw new Error("the container was stopped");
    }
  }
  if (sandbox.generation !== generation) throw new Error("everything in the container was ended");
}

function stopper(timeoutMs: number, signal: AbortSignal | undefined) {
  const { promise, resolve } = Promise.withResolvers<"timedOut" | "aborted">();
  const timer = setTimeout(() => resolve("timedOut"), timeoutMs);
  const onAbort = () => resolve("aborted");
  signal?.addEventListener("abort", onAbort, { once: true });
  return {
    promise,
    cancel() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    },
  };
}

function aborted(signal: AbortSignal | undefined) {
  return sandboxError("SANDBOX_ABORTED", "The command was stopped by its caller.", signal?.reason);
}

function lost(cause: unknown) {
  return sandboxError(
    "SANDBOX_LOST",
    `The sandbox went away (${reasonOf(cause)}). Whether the command took effect is unknown. Acquire a new sandbox.`,
    cause,
  );
}
