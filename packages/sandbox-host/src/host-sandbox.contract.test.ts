import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sandboxContract } from "@claw/core/testing";
import { test } from "vitest";
import { hostSandbox } from "./index.ts";

const OPEN = "nothing is hidden from a command on the host";

const cases = sandboxContract({
  create: async () => {
    const directory = await mkdtemp(join(tmpdir(), "claw-host-"));
    const workspace = await mkdtemp(join(directory, "workspace-"));
    return {
      provider: hostSandbox({ stateDir: join(directory, "state") }),
      workspace,
      [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
    };
  },
  withoutProcesses: true,
  skip: {
    "variables and the directory of one command do not reach the next": "the workspace has its own name there",
    "the working directory is the workspace, a path in it, or an absolute path": "the workspace has its own name there",
    "a link to a file outside is neither read nor written": OPEN,
    "a link to a directory outside is neither listed nor passed through": OPEN,
    "a dangling link to the outside creates nothing there": OPEN,
    "commands do not see the host's files": OPEN,
    "no command reaches the host's network": OPEN,
    "secrets are files in memory that a model is told of by name, and another sandbox has none":
      "no file of the host is made",
    "a read-only workspace can be read and in no way written": "a read-only workspace is refused",
  },
});

for (const { name, skip, run } of cases) {
  test(name, async ({ skip: skipped }) => {
    if (skip !== undefined) skipped(skip);
    await run();
  });
}
