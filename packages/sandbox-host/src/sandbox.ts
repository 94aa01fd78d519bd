import { stat } from "node:fs/promises";
import { posix } from "node:path";
import {
  ClawError,
  listWorkspaceDirectory,
  type RunOptions,
  readWorkspaceFile,
  type Sandbox,
  type SandboxErrorCode,
  workspacePath,
  writeWorkspaceFile,
} from "@claw/core";
import { collectRun } from "@claw/sandbox-supervisor";
import { refusedVariable } from "./environment.ts";
import { spawnCommand } from "./spawn-command.ts";

export interface CreateSandboxOptions {
  readonly id: string;
  /** Where it is on the machine. */
  readonly workspace: string;
  /** Fires when the sandbox is disposed. */
  readonly lost: AbortSignal;
}

const DEFAULT_TIMEOUT_MS = 120_000;
const DEFAULT_READ_BYTES = 4 * 1024 * 1024;

export function createSandbox({ id, workspace, lost }: CreateSandboxOptions): Sandbox {
  const check = (signal: AbortSignal | undefined): void => {
    if (lost.aborted) throw failure("SANDBOX_LOST", "the sandbox was disposed; acquire another");
    if (signal?.aborted) throw failure("SANDBOX_ABORTED", "the call was aborted before it started");
  };
  /** By the workspace's real name as well as by `/workspace`. */
  const inside = (path: string): string => {
    const below = path === workspace || path.startsWith(`${workspace}/`);
    return workspacePath(below ? path.slice(workspace.length).replace(/^\/+/, "") : path);
  };
  return {
    description: [
      `Commands run on the machine itself, without isolation: bash on Linux in ${workspace}, as the gateway's user.`,
      "Each waits for a person's approval; say what it is for, and prefer few commands that do one thing each.",
      `File calls stay in the workspace, which they call /workspace. The machine's network can be reached.`,
      "Limits: 120 s a command unless told otherwise.",
    ].join(" "),
    run: (command, options = {}) => run(command, options),
    async readFile(path, { maxBytes = DEFAULT_READ_BYTES, signal } = {}) {
      check(signal);
      return readWorkspaceFile(workspace, inside(path), maxBytes);
    },
    async writeFile(path, content, { signal } = {}) {
      check(signal);
      await writeWorkspaceFile(workspace, inside(path), content);
    },
    async list(path, { signal } = {}) {
      check(signal);
      return listWorkspaceDirectory(workspace, inside(path));
    },
  };

  async function run(command: string, options: RunOptions): ReturnType<Sandbox["run"]> {
    check(options.signal);
    const { env = {}, stdin, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    const cwd = directoryOf(workspace, options.cwd);
    const variable = refusedVariable(env);
    if (variable !== undefined) return failed(126, `the variable ${variable} can't be set for a command on the host`);
    if (!(await stat(cwd).catch(() => undefined))?.isDirectory()) return failed(1, `${cwd}: No such directory`);
    return collectRun(options, (call) => spawnCommand(command, { ...call, id, cwd, env, stdin, timeoutMs, lost }));
  }
}

/** `/workspace` is the workspace here as well. */
function directoryOf(workspace: string, cwd = ""): string {
  if (cwd === "/workspace" || cwd.startsWith("/workspace/"))
    return posix.join(workspace, cwd.slice("/workspace".length));
  return posix.resolve(workspace, cwd);
}

function failed(exitCode: number, message: string): Awaited<ReturnType<Sandbox["run"]>> {
  return { exitCode, stdout: "", stderr: `claw: ${message}\n`, truncated: false, timedOut: false };
}

function failure(code: SandboxErrorCode, message: string): ClawError<SandboxErrorCode> {
  return new ClawError(code, message);
}
