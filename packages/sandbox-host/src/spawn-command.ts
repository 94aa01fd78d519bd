import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { constants } from "node:os";
import type { Readable } from "node:stream";
import { ClawError, type SandboxErrorCode } from "@claw/core";
import { bashCommand } from "@claw/sandbox-supervisor";
import { endTree } from "./end-tree.ts";
import { baseEnvironment, COMMAND_MARK, SANDBOX_MARK } from "./environment.ts";

export interface SpawnCommandOptions {
  /** Of the sandbox. */
  readonly id: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string | Uint8Array | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Fires when the sandbox is disposed. */
  readonly lost: AbortSignal;
  readonly onBytes: (stream: "stdout" | "stderr", bytes: Uint8Array) => void;
}

/** How long output is still read after the command's end, when something it left behind holds the pipe. */
const DRAIN_MS = 50;

/**
 * Runs a bash script in a process group of its own. Resolves once it has ended and its output is read; rejects with
 * `SANDBOX_ABORTED` or `SANDBOX_LOST` once everything it started is gone.
 */
export async function spawnCommand(
  script: string,
  { id, cwd, env, stdin, timeoutMs, signal, lost, onBytes }: SpawnCommandOptions,
): Promise<{ readonly exitCode: number; readonly timedOut: boolean }> {
  refuseEnded(signal, lost);
  const mark = randomUUID();
  const bash = bashCommand(script);
  const [program, ...rest] = bash.argv;
  const marks = { [SANDBOX_MARK]: id, [COMMAND_MARK]: mark };
  // Bash reads ~/.bashrc when its input is a socket, which Node's pipes are.
  const child = spawn(program, ["--norc", ...rest], {
    cwd,
    env: { ...baseEnvironment(), ...env, ...bash.env, ...marks },
    stdio: "pipe",
    detached: true,
  });
  const exited = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, killedBy) =>
      resolve(code ?? 128 + (killedBy === null ? 0 : constants.signals[killedBy])),
    );
  });
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  child.stdout.on("data", (bytes: Uint8Array) => onBytes("stdout", bytes));
  child.stderr.on("data", (bytes: Uint8Array) => onBytes("stderr", bytes));
  // A command that does not read its input is no failure.
  child.stdin.on("error", () => {}).end(stdin ?? "");

  let timedOut = false;
  let ending: Promise<void> | undefined;
  const end = (): void => {
    ending ??= endTree(mark);
  };
  const timer = setTimeout(() => {
    timedOut = true;
    end();
  }, timeoutMs);
  for (const one of [signal, lost]) one.addEventListener("abort", end, { once: true });
  try {
    const exitCode = await exited;
    await ending;
    await drained(closed, [child.stdout, child.stderr]);
    refuseEnded(signal, lost);
    return { exitCode: timedOut ? 124 : exitCode, timedOut };
  } finally {
    clearTimeout(timer);
    for (const one of [signal, lost]) one.removeEventListener("abort", end);
  }
}

/** Until the pipes are at their end, or nothing has come for a while. */
async function drained(closed: Promise<void>, pipes: readonly Readable[]): Promise<void> {
  const quiet = Promise.withResolvers<void>();
  const timer = setTimeout(quiet.resolve, DRAIN_MS);
  const refresh = (): void => void timer.refresh();
  for (const pipe of pipes) pipe.on("data", refresh);
  await Promise.race([closed, quiet.promise]);
  clearTimeout(timer);
  for (const pipe of pipes) pipe.destroy();
}

function refuseEnded(signal: AbortSignal, lost: AbortSignal): void {
  if (lost.aborted) throw failure("SANDBOX_LOST", "the sandbox was disposed; acquire another");
  if (signal.aborted) throw failure("SANDBOX_ABORTED", "the command was aborted, and all it started has ended");
}

function failure(code: SandboxErrorCode, message: string): ClawError<SandboxErrorCode> {
  return new ClawError(code, message);
}
