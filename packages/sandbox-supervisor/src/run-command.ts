import { ClawError, type RunResult, type SandboxErrorCode } from "@claw/core";
import type { Supervisor } from "./client.ts";
import type { OnBytes } from "./command.ts";
import { type ExecRequest, SignalNumber, unsendable } from "./messages.ts";

export interface RunCommandOptions extends Omit<ExecRequest, "timeoutMs"> {
  readonly timeoutMs: number;
  readonly stdin?: string | Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onBytes: OnBytes;
}

/** What is left of a command for `RunResult`. */
export interface CommandEnd extends Pick<RunResult, "exitCode" | "timedOut" | "exhausted"> {}

/** A process was killed (SIGXFSZ) for writing a longer file than it may. */
const FILE_TOO_LONG = 128 + 25;

/** How long the supervisor may be late with the end of a command before the sandbox counts as lost. */
const GRACE_MS = 15_000;

/** The longest delay a timer takes. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Runs a command to its end as `Sandbox.run` promises: rejects with `SANDBOX_ABORTED` once all of it is gone, and with
 * `SANDBOX_LOST` when the sandbox went away or did not end the command in time.
 */
export async function runCommand(
  supervisor: Supervisor,
  { stdin, signal, onBytes, ...request }: RunCommandOptions,
): Promise<CommandEnd> {
  if (signal?.aborted) throw aborted(signal);
  const problem = unsendable(request);
  if (problem !== undefined) {
    onBytes("stderr", Buffer.from(`claw: ${problem}\n`));
    return { exitCode: 126, timedOut: false };
  }
  const command = supervisor.exec(request, onBytes);
  const late = Promise.withResolvers<never>();
  const deadline = (ms: number) =>
    setTimeout(() => late.reject(new Error("the command did not end in time")), Math.min(ms, MAX_TIMER_MS));
  let timer = deadline(request.timeoutMs + GRACE_MS);
  const abort = () => {
    clearTimeout(timer);
    timer = deadline(GRACE_MS);
    command.kill(SignalNumber.SIGKILL);
  };
  signal?.addEventListener("abort", abort, { once: true });
  try {
    if (stdin !== undefined) feed(command.write(Buffer.from(stdin)));
    command.end();
    const exit = await Promise.race([command.exit, late.promise]);
    if (signal?.aborted) throw aborted(signal);
    const exhausted = exit.exitCode === FILE_TOO_LONG ? ([...exit.exhausted, "disk"] as const) : exit.exhausted;
    if (exit.timedOut) return { exitCode: 124, timedOut: true, exhausted };
    if (exit.swept) throw new Error("everything in it was ended, because something could not be ended alone");
    return { exitCode: exit.exitCode, timedOut: false, exhausted };
  } catch (error) {
    throw ClawError.is(error) ? error : lost(error);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

/** It settles with the command at the latest, and its failure is the command's. */
function feed(written: Promise<void>): void {
  written.catch(() => {});
}

function aborted(signal: AbortSignal): ClawError<SandboxErrorCode> {
  return new ClawError("SANDBOX_ABORTED", "The command was stopped by its caller.", { cause: signal.reason });
}

/** For what ran in a sandbox that went away. */
export function lost(cause: unknown): ClawError<SandboxErrorCode> {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ClawError(
    "SANDBOX_LOST",
    `The sandbox went away (${reason}). Whether the command took effect is unknown. Acquire a new sandbox.`,
    { cause },
  );
}
