import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { sandboxAttacks } from "@claw/core/testing";
import { describe, test } from "vitest";
import { dockerSandbox } from "./docker-sandbox.ts";
import { temporaryDirectory, whyNoEngine } from "./engine.fixture.ts";

const reason = await whyNoEngine();

describe.skipIf(reason !== undefined)(
  `attacks from inside${reason === undefined ? "" : `, skipped: ${reason}`}`,
  () => {
    const attacks = sandboxAttacks({
      async create() {
        const directory = await temporaryDirectory();
        const workspace = join(directory.path, "workspace");
        await mkdir(workspace);
        const provider = dockerSandbox({ stateDir: join(directory.path, "state") });
        return { provider, workspace, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() };
      },
    });
    for (const { name, run } of attacks) test(name, run);
  },
);
