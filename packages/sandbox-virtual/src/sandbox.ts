import { posix } from "node:path";
import {
  ClawError,
  type OutputChunk,
  outputCollector,
  type RunOptions,
  type RunResult,
  type Sandbox,
  workspacePath,
} from "@claw/core";
import type { WorkerHost } from "./worker-host.ts";

export interface SandboxParts {
  readonly host: WorkerHost;
  readonly readOnly: boolean;
  readonly memoryMb: number;
}

const DEFAULT_TIMEOUT_MS = 120_000;
const DEFAULT_READ_BYTES = 4 * 1024 * 1024;

export function createSandbox({ host, readOnly, memoryMb }: SandboxParts): Sandbox {
  return {
    description: describe(readOnly, memoryMb),
    async run(command, options = {}) {
      const { cwd = "", env = {}, stdin = "", timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options;
      const deadline = AbortSignal.timeout(timeoutMs);
      const stop = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
      const input = { command, cwd: posix.resolve("/workspace", cwd), env, stdin: bytesOf(stdin) };
      try {
        const { exitCode, stdout, stderr } = await host.call("run", input, stop);
        return collect({ exitCode, stdout, stderr, timedOut: false }, options);
      } catch (error) {
        const timedOut = deadline.aborted && signal?.aborted !== true && ClawError.is(error, "SANDBOX_ABORTED");
        if (!timedOut) throw error;
        const stderr = `bash: ended after ${timeoutMs} ms; its output is lost\n`;
        return collect({ exitCode: 124, stdout: "", stderr, timedOut }, options);
      }
    },
    async readFile(path, { maxBytes = DEFAULT_READ_BYTES, signal } = {}) {
      return host.call("read", { path: workspacePath(path), maxBytes }, signal);
    },
    async writeFile(path, content, { signal } = {}) {
      const relative = workspacePath(path);
      if (readOnly) throw new ClawError("SANDBOX_READ_ONLY", `the workspace is read-only; ${relative} was not written`);
      await host.call("write", { path: relative, content: bytesOf(content) }, signal);
    },
    async list(path, { signal } = {}) {
      return host.call("list", { path: workspacePath(path) }, signal);
    },
  };
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? Buffer.from(content) : content;
}

interface WholeResult extends Omit<RunResult, "truncated"> {}

function collect(result: WholeResult, { maxOutputBytes, onOutput }: RunOptions): RunResult {
  const cap = (stream: OutputChunk["stream"]) => {
    const collector = outputCollector({
      ...(maxOutputBytes === undefined ? {} : { maxBytes: maxOutputBytes }),
      ...(onOutput === undefined ? {} : { onText: (text) => onOutput({ stream, text }) }),
    });
    collector.write(Buffer.from(result[stream]));
    return collector.end();
  };
  const stdout = cap("stdout");
  const stderr = cap("stderr");
  return { ...result, stdout: stdout.text, stderr: stderr.text, truncated: stdout.truncated || stderr.truncated };
}

function describe(readOnly: boolean, memoryMb: number): string {
  return [
    `Commands run in a bash interpreter with built-in commands, in /workspace (${readOnly ? "read-only" : "writable, kept"}); /tmp is scratch.`,
    "Present: coreutils, find, grep, rg, sed, awk, jq, yq, xan, diff, tar, gzip, base64, xargs.",
    "Absent: python, node, git, curl, sqlite3, package managers, and any other program; compiled files can't run.",
    `No network, no processes, no links. Limits: ${memoryMb} MB of memory, 32 MiB of output, 120 s a command unless told otherwise; a command that runs out of time loses its output.`,
  ].join(" ");
}
