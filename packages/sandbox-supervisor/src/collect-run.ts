import { outputCollector, type RunOptions, type RunResult } from "@claw/core";
import type { OnBytes } from "./command.ts";
import type { CommandEnd } from "./run-command.ts";

export interface CollectedCall {
  /** Fires when the caller's does, or when its listener throws. */
  readonly signal: AbortSignal;
  readonly onBytes: OnBytes;
}

/** Makes the result of `Sandbox.run` from a command that hands over its output as bytes. */
export async function collectRun(
  { maxOutputBytes, onOutput, signal }: RunOptions,
  execute: (call: CollectedCall) => Promise<CommandEnd>,
): Promise<RunResult> {
  const listenerFailed = new AbortController();
  const collect = (stream: "stdout" | "stderr") => {
    const onText = (text: string) => {
      try {
        onOutput?.({ stream, text });
      } catch (error) {
        listenerFailed.abort(error);
      }
    };
    return outputCollector({ ...(maxOutputBytes === undefined ? {} : { maxBytes: maxOutputBytes }), onText });
  };
  const collectors = { stdout: collect("stdout"), stderr: collect("stderr") };
  const {
    exitCode,
    timedOut,
    exhausted = [],
  } = await execute({
    signal: signal ? AbortSignal.any([signal, listenerFailed.signal]) : listenerFailed.signal,
    onBytes: (stream, bytes) => collectors[stream].write(bytes),
  });
  const [stdout, stderr] = [collectors.stdout.end(), collectors.stderr.end()];
  const truncated = stdout.truncated || stderr.truncated;
  const result = { exitCode, stdout: stdout.text, stderr: stderr.text, truncated, timedOut };
  return exhausted.length === 0 ? result : { ...result, exhausted };
}
