import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { rejects, type SandboxCase } from "./case.ts";

export const lifecycleCases: readonly SandboxCase[] = [
  {
    name: "a disposed sandbox is lost and its workspace stays",
    async run({ workspace, acquire }) {
      const lease = await acquire();
      await lease.sandbox.writeFile("kept", "kept");
      await lease[Symbol.asyncDispose]();
      await lease[Symbol.asyncDispose]();
      await rejects(lease.sandbox.run("true"), "SANDBOX_LOST");
      await rejects(lease.sandbox.readFile("kept"), "SANDBOX_LOST");
      assert.equal(await readFile(join(workspace, "kept"), "utf8"), "kept");
    },
  },
  {
    name: "disposing under a command rejects it with SANDBOX_LOST",
    async run({ acquire }) {
      const lease = await acquire();
      await lease.sandbox.run("true");
      const lost = rejects(lease.sandbox.run("sleep 60"), "SANDBOX_LOST");
      await lease[Symbol.asyncDispose]();
      await lost;
    },
  },
  {
    name: "leases have ids of their own",
    async run({ acquire }) {
      const ids = [(await acquire()).id, (await acquire()).id, (await acquire({ key: "other" })).id];
      assert.equal(new Set(ids).size, 3);
    },
  },
  {
    name: "an aborted acquire rejects with SANDBOX_ABORTED",
    async run({ provider, workspace }) {
      const spec = { key: "aborted", workspace: { access: "rw", path: workspace }, network: "none" } as const;
      await rejects(provider.acquire(spec, { signal: AbortSignal.abort() }), "SANDBOX_ABORTED");
    },
  },
  {
    name: "a workspace directory that is missing or no directory rejects with SANDBOX_UNAVAILABLE",
    async run({ acquire, workspace, sandbox }) {
      await sandbox.writeFile("file", "");
      for (const path of [join(workspace, "missing"), join(workspace, "file")]) {
        await rejects(acquire({ workspace: { access: "rw", path } }), "SANDBOX_UNAVAILABLE");
      }
    },
  },
];
