import { posix } from "node:path";
import type { Sandbox } from "@claw/core";
import { bashCommand, collectRun, startProcess, type WorkspaceQuota } from "@claw/sandbox-supervisor";
import { WORKSPACE } from "./container-options.ts";
import { sandboxError } from "./errors.ts";
import { execute } from "./execute.ts";
import { listDirectory, readFile, writeFile } from "./files.ts";
import type { RunningContainer, Supervision } from "./running-container.ts";

const DEFAULT_TIMEOUT_MS = 120_000;
const DEFAULT_MAX_BYTES = 4 * 1024 * 1024;

export interface ContainerSandboxOptions {
  readonly description: string;
  readonly readOnly: boolean;
  readonly quota: WorkspaceQuota | undefined;
}

export function containerSandbox(
  container: RunningContainer,
  { description, readOnly, quota }: ContainerSandboxOptions,
): Sandbox {
  return {
    description,
    run(command, options = {}) {
      const { cwd, env, stdin, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
      const run = () =>
        collectRun(options, (call) => execute(container, { ...call, script: command, cwd, env, stdin, timeoutMs }));
      return quota === undefined ? run() : quota.watch(run);
    },
    ...(container.supervision && { start: startIn(container.supervision) }),
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

function startIn({ supervisor, environment }: Supervision): NonNullable<Sandbox["start"]> {
  return (command, { cwd = "", env, ...rest }) => {
    const bash = bashCommand(command);
    return startProcess(supervisor, {
      ...rest,
      argv: bash.argv,
      cwd: posix.resolve(WORKSPACE, cwd),
      env: { ...environment, ...env, ...bash.env },
    });
  };
}
