import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sandboxContract } from "@claw/core/testing";
import { test } from "vitest";
import { bwrapSandbox } from "./index.ts";
import { compileSupervisor } from "./supervisor.fixture.ts";

compileSupervisor();

const cases = sandboxContract({
  create: async () => {
    const stateDir = await mkdtemp(join(tmpdir(), "claw-bwrap-state-"));
    const workspace = await mkdtemp(join(tmpdir(), "claw-bwrap-workspace-"));
    return {
      provider: bwrapSandbox({ stateDir }),
      workspace,
      async [Symbol.asyncDispose]() {
        for (const directory of [stateDir, workspace]) await rm(directory, { recursive: true, force: true });
      },
    };
  },
});

for (const { name, skip, run } of cases) {
  test(name, async ({ skip: skipped }) => {
    if (skip !== undefined) skipped(skip);
    await run();
  });
}
