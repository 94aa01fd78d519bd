import { outputCollector, type Sandbox } from "@claw/core";
import { sandboxError } from "./errors.ts";
import { execute } from "./execute.ts";
import { listDirectory, readFile, writeFile } from "./files.ts";
import type { RunningContainer } from "./running-container.ts";

const DEFAULT_TIMEOUT_MS = 120_000;
const DEFAULT_MAX_BYTES = 4 * 1024 * 1024;

export interface ContainerSandboxOptions {
  readonly description: string;
  readonly readOnly: boolean;
}

export function containerSandbox(
  container: RunningContainer,
  { description, readOnly }: ContainerSandboxOptions,
): Sandbox {
  return {
    description,
    async run(command, { cwd, env, stdin, timeoutMs = DEFAULT_TIMEOUT_MS, maxOutputBytes, onOutput, signal } = {}) {
      const listenerFailed = new AbortController();
      const collect = (stream: "stdout" | "stderr") =>
        outputCollector({
          ...(maxOutputBytes === undefined ? {} : { maxBytes: maxOutputBytes }),
          ...(onOutput === undefined
            ? {}
            : {
                onText(text) {
                  try {
                    onOutput({ stream, text });
                  } catch (error) {
                    listenerFailed.abort(error);
                  }
                },
              }),
        });
      const collectors = { stdout: collect("stdout"), stderr: collect("stderr") };
      const { exitCode, timedOut } = await execute(container, {
        script: command,
        cwd,
        env,
        stdin,
        timeoutMs,
        signal: signal ? AbortSignal.any([signal, listenerFailed.signal]) : listenerFailed.signal,
        onBytes: (stream, bytes) => collectors[stream].write(bytes),
      });
      const [stdout, stderr] = [collectors.stdout.end(), collectors.stderr.end()];
      return {
        exitCode,
        stdout: stdout.text,
        stderr: stderr.text,
        truncated: stdout.truncated || stderr.truncated,
        timedOut,
      };
    },
    readFile: (path, { maxBytes = DEFAULT_MAX_BYTES, signal } = {}) => readFile({ container, path, signal }, maxBytes),
    async writeFile(path, content, { signal } = {}) {
      if (readOnly && !signal?.aborted) {
        throw sandboxError("SANDBOX_READ_ONLY", `"${path}" can't be written: the workspace is read-only.`);
      }
      await writeFile({ container, path, signal }, content);
    },
    list: (path, { signal } = {}) => listDirectory({ container, path, signal }),
  };
}
