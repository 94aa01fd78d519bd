import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sandboxAttacks } from "@claw/core/testing";
import { test } from "vitest";
import { virtualSandbox } from "./index.ts";

const DISK = "Disk space is not limited, and neither is the share of the processor.";

const attacks = sandboxAttacks({
  create: async () => {
    const directory = await mkdtemp(join(tmpdir(), "claw-virtual-attacks-"));
    const workspace = await mkdtemp(join(directory, "workspace-"));
    return {
      provider: virtualSandbox({ stateDir: join(directory, "state") }),
      workspace,
      [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
    };
  },
  programs: false,
  admitted: {
    "a file that fills the disk is cut at the quota and reported": DISK,
    "many files that fill the disk end their command, which is reported, and can be deleted": DISK,
  },
});

for (const { name, run } of attacks) test(name, run);
