import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { sandboxContract } from "@claw/core/testing";
import { describe, test } from "vitest";
import { dockerSandbox } from "./docker-sandbox.ts";
import { temporaryDirectory, whyNoEngine } from "./engine.fixture.ts";

const reason = await whyNoEngine();

describe.skipIf(reason !== undefined).each(["supervisor", "engine"])(
  `the sandbox contract, commands run by the %s${reason === undefined ? "" : `, skipped: ${reason}`}`,
  (runner) => {
    const cases = sandboxContract({
      async create() {
        const directory = await temporaryDirectory();
        const workspace = join(directory.path, "workspace");
        await mkdir(workspace);
        const provider = dockerSandbox({
          stateDir: join(directory.path, "state"),
          supervised: runner === "supervisor",
        });
        return { provider, workspace, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() };
      },
      ...(runner === "engine" ? { withoutProcesses: true } : {}),
    });
    for (const { name, run } of cases) test(name, run);
  },
);
