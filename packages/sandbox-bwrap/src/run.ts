import { ClawError, outputCollector, type RunOptions, type RunResult, type SandboxErrorCode } from "@claw/core";
import type { SpawnedCommand } from "./spawn-command.ts";

/** Feeds, watches and ends one command. `lost` fires when the sandbox is disposed. */
export async function supervise(
  command: SpawnedCommand,
  { stdin = "", timeoutMs, maxOutputBytes, onOutput, signal }: RunOptions & { readonly timeoutMs: number },
  lost: AbortSignal,
): Promise<RunResult> {
  const deadline = AbortSignal.timeout(timeoutMs);
  const stop = AbortSignal.any([deadline, lost, ...(signal === undefined ? [] : [signal])]);
  const collect = (stream: "stdout" | "stderr") => {
    const collector = outputCollector({
      ...(maxOutputBytes === undefined ? {} : { maxBytes: maxOutputBytes }),
      ...(onOutput === undefined ? {} : { onText: (text) => onOutput({ stream, text }) }),
    });
    command[stream].on("data", (chunk: Buffer) => collector.write(chunk));
    return collector;
  };
  const collectors = { stdout: collect("stdout"), stderr: collect("stderr") };
  // A command need not read its input.
  command.stdin.on("error", () => {}).end(stdin);

  let killed = false;
  const kill = () => {
    killed = true;
    command.kill();
  };
  stop.addEventListener("abort", kill, { once: true });
  const exitCode = await command.ended.finally(() => stop.removeEventListener("abort", kill));

  if (killed && signal?.aborted)
    throw failure("SANDBOX_ABORTED", "the command was aborted and nothing of it runs any more");
  if (killed && lost.aborted) throw failure("SANDBOX_LOST", "the sandbox was disposed under the command");
  const stdout = collectors.stdout.end();
  const stderr = collectors.stderr.end();
  return {
    exitCode: killed ? 124 : exitCode,
    stdout: stdout.text,
    stderr: stderr.text,
    truncated: stdout.truncated || stderr.truncated,
    timedOut: killed,
  };
}

export function failure(code: SandboxErrorCode, message: string): ClawError<SandboxErrorCode> {
  return new ClawError(code, message);
}
