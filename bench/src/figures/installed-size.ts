import { execFile } from "node:child_process";
import { lstat, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type { Figure } from "../figure.ts";

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, "../../..");

/** The gateway with all it needs to run, installed on its own. */
export const installedSize: Figure = {
  name: "installed-size",
  async measure({ progress }) {
    const title = "gateway, installed";
    const folder = await mkdtemp(join(tmpdir(), "claw-bench-install-"));
    try {
      progress("installing it on its own");
      await run("pnpm", ["--filter", "claw-gateway", "deploy", "--prod", join(folder, "gateway")], { cwd: ROOT });
      const bytes = await sizeOf(join(folder, "gateway"));
      return [{ title, unit: "MB", value: bytes / 1024 / 1024, goal: { of: "value", atMost: 150 } }];
    } catch (error) {
      return [{ title, skipped: `pnpm could not install it: ${error instanceof Error ? error.message : error}` }];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** Blocks on disk, as `du` counts them; a link counts itself. */
async function sizeOf(path: string): Promise<number> {
  const status = await lstat(path);
  if (!status.isDirectory()) return status.blocks * 512;
  const sizes = await Promise.all((await readdir(path)).map((name) => sizeOf(join(path, name))));
  return sizes.reduce((sum, size) => sum + size, status.blocks * 512);
}
