import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SandboxLease } from "@claw/core";
import { bwrapSandbox, probeBwrap } from "@claw/sandbox-bwrap";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closedWays } from "./closed.fixture.ts";
import { createWorld, type RecordedProxy, recordedProxy } from "./world.fixture.ts";

execFileSync(new URL("../../sandbox-supervisor/native/build-all.sh", import.meta.url).pathname);
const probe = await probeBwrap();
const missing = probe.available ? undefined : probe.reason;
if (missing !== undefined && process.env["CI"] === "true") throw new Error(missing);

describe.skipIf(missing !== undefined)(
  `from inside of a bubblewrap sandbox without a network${missing === undefined ? "" : `, skipped: ${missing}`}`,
  () => {
    const world = createWorld();
    let proxy: RecordedProxy;
    let stateDir: string;
    let lease: SandboxLease;

    beforeAll(async () => {
      await world.website("plain.test", ({ url }, response) => void response.end(`plain ${url}`));
      await world.rawServer("secure.test", 443, () => {});
      world.name("metadata.test", "169.254.169.254");
      proxy = recordedProxy({ rules: { allow: ["plain.test", "secure.test", "metadata.test"] }, ...world });
      stateDir = await mkdtemp(join(tmpdir(), "egress-bubblewrap-"));
      const network = { connect: proxy.accept };
      lease = await bwrapSandbox({ stateDir }).acquire({ key: "egress", workspace: { access: "none" }, network });
    });

    afterAll(async () => {
      await lease?.[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
      await world[Symbol.asyncDispose]();
      await rm(stateDir, { recursive: true, force: true });
    });

    const run = async (command: string) => {
      const { stdout, stderr } = await lease.sandbox.run(command, { timeoutMs: 30_000 });
      return `${stdout}${stderr}`;
    };

    test("what is allowed is reached", async () => {
      expect(await run("curl -sS http://plain.test/a")).toBe("plain /a");
    });

    test.each(closedWays)("closed: %s", async (_what, command, expected) => {
      const output = await run(command);
      if (typeof expected === "string") expect(output).toContain(expected);
      else expect(output).toMatch(expected);
    });
  },
);
