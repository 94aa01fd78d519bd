import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sandboxAttacks } from "@claw/core/testing";
import { test } from "vitest";
import { bwrapSandbox } from "./index.ts";
import { compileSupervisor } from "./supervisor.fixture.ts";

compileSupervisor();

const OWN_WORDS = "That memory or processes ran out is in the words of the program it happened to, not in the result.";

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
  admitted: {
    "a fork bomb runs into its limit, is reported as too many processes, and is gone with its time": OWN_WORDS,
    "a process that takes more memory than there is ends and is reported as out of memory": OWN_WORDS,
    "processes that take it together are ended and reported as out of memory":
      "Memory is limited for each process, not for all together, and /tmp counts as memory.",
  },
});

for (const { name, run } of attacks) test(name, run);
