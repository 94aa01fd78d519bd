import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type { Figure, Row } from "../figure.ts";
import { startMeasured } from "../harness/gateway.ts";
import { median } from "../harness/statistics.ts";

const run = promisify(execFile);
const CLI = resolve(import.meta.dirname, "../../../apps/cli/dist/main.js");

/** From the spawn of the command to its end, with a warm compile cache. */
export const commandLine: Figure = {
  name: "command-line",
  async measure({ model, quick, progress }) {
    if (!existsSync(CLI)) return [{ title: "claw --version, claw status", skipped: "apps/cli is not built" }];
    await using gateway = await startMeasured(model);
    const cache = await mkdtemp(join(tmpdir(), "claw-bench-cache-"));
    const env = {
      PATH: process.env["PATH"],
      HOME: gateway.stateDir,
      NODE_COMPILE_CACHE: cache,
      CLAW_STATE_DIR: gateway.stateDir,
      CLAW_GATEWAY_PORT: new URL(gateway.webSocketUrl).port,
      CLAW_GATEWAY_TOKEN: gateway.token,
    };
    const rounds = quick ? 1 : 9;

    async function timed(argv: readonly string[]): Promise<number> {
      const timings: number[] = [];
      for (let round = 0; round <= rounds; round++) {
        const beganMs = performance.now();
        await run(process.execPath, argv, { env });
        // The first one fills the cache.
        if (round > 0) timings.push(performance.now() - beganMs);
      }
      return median(timings);
    }

    progress("bare Node");
    const bare = await timed(["-e", "0"]);
    const rows: Row[] = [];
    for (const [command, ownMs] of [
      ["--version", 100],
      ["status", 300],
    ] as const) {
      progress(`claw ${command}`);
      rows.push({
        title: `claw ${command}, beyond Node's own start`,
        unit: "ms",
        value: (await timed([CLI, command])) - bare,
        floor: { title: "node -e 0", value: bare },
        goal: { of: "value", atMost: ownMs },
      });
    }
    await rm(cache, { recursive: true, force: true });
    return rows;
  },
};
