import { posix } from "node:path";
import { runCommand } from "@claw/sandbox-supervisor";
import { WORKSPACE } from "./container-options.ts";
import { executeByEngine } from "./engine-execute.ts";
import type { RunningContainer } from "./running-container.ts";
import { type ExecuteOptions, type ExecuteResult, scriptParts } from "./script.ts";

/**
 * Runs a bash script in the container. Rejects with `SANDBOX_ABORTED` once all of it is gone, and with `SANDBOX_LOST`
 * when container or engine went away.
 */
export function execute(sandbox: RunningContainer, options: ExecuteOptions): Promise<ExecuteResult> {
  const { supervision } = sandbox;
  if (supervision === undefined) return executeByEngine(sandbox, options);
  const { script, parameters = [], cwd = "", env, ...rest } = options;
  return runCommand(supervision.supervisor, {
    ...rest,
    argv: ["/bin/bash", "-c", ...bashArguments(script), ...parameters],
    cwd: posix.resolve(WORKSPACE, cwd),
    env: { ...supervision.environment, ...env },
  });
}

/** Its first parameter is the number of parts. One line, so that line numbers in messages are the script's. */
const JOIN = `printf -v __claw %s "\${@:2:$1}"; shift "$(($1 + 1))"; eval "unset __claw; $__claw"`;

function bashArguments(script: string): readonly string[] {
  const parts = scriptParts(script);
  return parts.length === 1 ? [script, "bash"] : [JOIN, "bash", String(parts.length), ...parts];
}
