import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sandboxContract } from "@claw/core/testing";
import { test } from "vitest";
import { virtualSandbox } from "./index.ts";

const cases = sandboxContract({
  create: async () => {
    const stateDir = await mkdtemp(join(tmpdir(), "claw-virtual-state-"));
    const workspace = await mkdtemp(join(tmpdir(), "claw-virtual-workspace-"));
    return {
      provider: virtualSandbox({ stateDir }),
      workspace,
      async [Symbol.asyncDispose]() {
        for (const directory of [stateDir, workspace]) await rm(directory, { recursive: true, force: true });
      },
    };
  },
  withoutProcesses: true,
  skip: {
    "a killed command's exit code is 128 plus the signal": "there are no processes and no signals",
    "output from before the timeout is kept": "the interpreter yields output when the command ends",
    "output is handed over while the command still runs": "the interpreter yields output when the command ends",
    "output that is no UTF-8 becomes replacement characters": "the interpreter reads such output as Latin-1",
    "a line break in a file name is a character like others": "the interpreter's globs pass over such names",
    "a link that stays inside the workspace is followed": "the interpreter can check links only by refusing them all",
  },
});

for (const { name, skip, run } of cases) {
  test(name, async ({ skip: skipped }) => {
    if (skip !== undefined) skipped(skip);
    await run();
  });
}
