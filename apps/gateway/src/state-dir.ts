import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { initialConfig, type ResolvedPaths, writeConfigFile } from "@claw/config";
import { ClawError } from "@claw/core";
import { workspaceTemplates } from "./templates/workspace.ts";

/** What may lie in a state directory before Claw has ever started on it. */
const HARMLESS = new Set(["openclaw.json", "openclaw.schema.json", "workspace", "gateway", ".env"]);
const COPY_OF_CONFIG = /^openclaw\.json\.(?:bak|rejected|last-good)(?:\.\d+)?$/;

/**
 * Makes the state directory, its configuration and its workspace where they are missing; changes nothing that is
 * there. Resolves with whether this was the first start. Rejects with `STATE_DIR_FOREIGN` on another program's state.
 */
export async function prepareStateDir({ stateDir, configPath }: ResolvedPaths): Promise<boolean> {
  const first = !existsSync(join(stateDir, "state", "claw.db"));
  if (first) await refuseForeign(stateDir);
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  if (first) await chmod(stateDir, 0o700);
  if (!existsSync(configPath)) {
    await writeConfigFile(configPath, initialConfig());
  }
  await prepareWorkspace(join(stateDir, "workspace"));
  return first;
}

/** Fills a workspace that does not exist yet; one that does is its owner's. */
async function prepareWorkspace(workspace: string): Promise<void> {
  if (existsSync(workspace)) return;
  await mkdir(workspace, { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(workspaceTemplates)) {
    await writeFile(join(workspace, name), text, { flag: "wx", mode: 0o600 });
  }
}

async function refuseForeign(stateDir: string): Promise<void> {
  const names: readonly string[] = await readdir(stateDir).catch(() => []);
  // An interrupted first start leaves these, and nothing of theirs.
  const ours = names.includes("state") && existsSync(join(stateDir, "state", "lock.db"));
  const foreign = names.filter((name) => !HARMLESS.has(name) && !COPY_OF_CONFIG.test(name));
  if (foreign.length === 0 || ours) return;
  throw new ClawError(
    "STATE_DIR_FOREIGN",
    `${stateDir} holds state of another program (${foreign.slice(0, 5).join(", ")}), so Claw leaves it alone. ` +
      "Give Claw a directory of its own: CLAW_STATE_DIR=~/.claw npm start, or --profile claw.",
  );
}
