import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sandboxAttacks } from "@claw/core/testing";
import { test } from "vitest";
import { bwrapSandbox } from "./index.ts";
import { compileSupervisor } from "./supervisor.fixture.ts";

compileSupervisor();

const attacks = sandboxAttacks({
  create: async () => {
    const directory = await mkdtemp(join(tmpdir(), "claw-bwrap-attacks-"));
    const workspace = await mkdtemp(join(directory, "workspace-"));
    return {
      provider: bwrapSandbox({ stateDir: join(directory, "state") }),
      workspace,
      [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
    };
  },
});

for (const { name, run } of attacks) test(name, run);
