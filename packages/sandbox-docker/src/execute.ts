import { posix } from "node:path";
import { bashCommand, type CommandEnd, runCommand } from "@claw/sandbox-supervisor";
import { WORKSPACE } from "./container-options.ts";
import { executeByEngine } from "./engine-execute.ts";
import type { ExecuteOptions } from "./execute-options.ts";
import type { RunningContainer } from "./running-container.ts";

/**
 * Runs a bash script in the container. Rejects with `SANDBOX_ABORTED` once all of it is gone, and with `SANDBOX_LOST`
 * when container or engine went away.
 */
export function execute(sandbox: RunningContainer, options: ExecuteOptions): Promise<CommandEnd> {
  const { supervision } = sandbox;
  if (supervision === undefined) return executeByEngine(sandbox, options);
  const { script, parameters, cwd = "", env, ...rest } = options;
  const bash = bashCommand(script, parameters);
  return runCommand(supervision.supervisor, {
    ...rest,
    argv: bash.argv,
    cwd: posix.resolve(WORKSPACE, cwd),
    env: { ...supervision.environment, ...env, ...bash.env },
  });
}
