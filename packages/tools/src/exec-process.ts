import { setTimeout as delay } from "node:timers/promises";
import { ClawError, type SandboxErrorCode, type StartOptions, type ToolContext, type ToolResult } from "@claw/core";
import { type Processes, type StartedProcess, stateOf } from "./processes.ts";
import { failure } from "./results.ts";

export interface ExecProcess extends Omit<StartOptions, "onOutput"> {
  readonly command: string;
  /** How long its end is waited for; without it, as long as it takes. */
  readonly yieldMs: number | undefined;
}

/** Characters of the output that are told with the end of a process. */
const TOLD_CHARS = 2_000;

/** Starts a command as a process, and leaves it to itself when it has not ended in time. */
export async function execProcess(
  processes: Processes,
  { command, yieldMs, ...options }: ExecProcess,
  context: ToolContext,
  maxOutputChars: number,
): Promise<ToolResult> {
  const { start } = await context.sandbox();
  if (start === undefined) return failure("This sandbox runs commands to their end only: no background, no pty.");
  const { session, signal } = context;
  let calling = true;
  const progress: ToolContext["progress"] = (chunk) => {
    if (calling) context.progress(chunk);
  };
  const process = processes.start({ session, start, progress }, command, options);
  if (process === undefined) return failure("Too many processes run already: end some with the process tool.");
  const ended = await endsBefore(process, yieldMs, signal);
  calling = false;
  if (ended) return finished(processes, session, process, maxOutputChars);
  context.goesOn(process.ended.then(() => (process.told ? undefined : announcement(process))));
  const { text, next } = process.log.read(process.log.length - maxOutputChars, maxOutputChars);
  process.read = next;
  return {
    output: `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}[process ${process.id} goes on in the background; you are told of its end]`,
    failed: false,
    details: { process: process.id, running: true },
  };
}

/** A call that is stopped stops its command. */
async function endsBefore(process: StartedProcess, yieldMs: number | undefined, signal: AbortSignal): Promise<boolean> {
  const kill = (): void => process.signal("SIGKILL");
  if (signal.aborted) kill();
  signal.addEventListener("abort", kill, { once: true });
  const timer = new AbortController();
  try {
    const late = yieldMs === undefined ? [] : [delay(yieldMs, false, { signal: timer.signal }).catch(() => false)];
    const ended = await Promise.race([process.ended.then(() => true), ...late]);
    if (signal.aborted) throw stopped(signal);
    return ended;
  } finally {
    timer.abort();
    signal.removeEventListener("abort", kill);
  }
}

async function finished(
  processes: Processes,
  session: string,
  process: StartedProcess,
  maxOutputChars: number,
): Promise<ToolResult> {
  processes.forget(session, process.id);
  const ending = await process.ended;
  if ("lost" in ending) throw new ClawError<SandboxErrorCode>("SANDBOX_LOST", ending.lost);
  const { exitCode, timedOut } = ending;
  const { text, from } = process.log.read(process.log.length - maxOutputChars, maxOutputChars);
  const parts = [
    from > 0 ? `[… ${from} characters dropped …]` : "",
    text.trimEnd(),
    timedOut ? "[timed out]" : "",
    exitCode === 0 ? "" : `[exit code ${exitCode}]`,
  ].filter((part) => part !== "");
  return {
    output: parts.join("\n") || "(no output)",
    failed: exitCode !== 0,
    details: { exitCode, durationMs: process.durationMs, timedOut, truncated: from > 0 },
  };
}

function announcement(process: StartedProcess): string {
  process.told = true;
  const { text } = process.log.read(Math.max(process.read, process.log.length - TOLD_CHARS), TOLD_CHARS);
  const output = text.trim() === "" ? "It wrote nothing new." : `Its newest output:\n${text.trimEnd()}`;
  return `[background process ${process.id} ${stateOf(process)}] ${process.command.slice(0, 200)}\n${output}`;
}

function stopped(signal: AbortSignal): ClawError<SandboxErrorCode> {
  return new ClawError("SANDBOX_ABORTED", "The command was stopped by its caller.", { cause: signal.reason });
}
