import { randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rmdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isAlive, processName } from "./owner.ts";
import { type MountedWorkspace, ownWorkspace, privateWorkspace } from "./workspace.ts";

const SPARE = "spare.";

/** A private workspace that is nobody's yet. */
export async function spareWorkspace(stateDir: string): Promise<MountedWorkspace> {
  const name = `${SPARE}${processName}.${randomBytes(8).toString("hex")}`;
  const path = join(stateDir, "sandboxes", name, "workspace");
  await mkdir(path, { recursive: true, mode: 0o700 });
  return ownWorkspace(path);
}

/**
 * Makes it the key's, also for a container it is mounted in: a mount follows its directory to another name. `undefined`
 * when the key has a workspace already, or somebody cleared the spare one away.
 */
export async function claimWorkspace(
  spare: MountedWorkspace,
  key: string,
  stateDir: string,
): Promise<MountedWorkspace | undefined> {
  const path = privateWorkspace(key, stateDir);
  try {
    await rename(dirname(spare.path), dirname(path));
    return { ...spare, path };
  } catch {
    return undefined;
  }
}

/** Leaves what was claimed, or holds anything, where it is. */
export async function removeSpare({ path }: MountedWorkspace): Promise<void> {
  if (!basename(dirname(path)).startsWith(SPARE)) return;
  await rmdir(path)
    .then(() => rmdir(dirname(path)))
    .catch(() => {});
}

/** Removes those of processes that are gone. */
export async function sweepSpares(stateDir: string): Promise<void> {
  const parent = join(stateDir, "sandboxes");
  const names = await readdir(parent).catch(() => []);
  const stale = names.filter((name) => name.startsWith(SPARE) && !isAlive(name.slice(SPARE.length)));
  for (const name of stale) await rmdir(join(parent, name, "workspace")).catch(() => {});
  for (const name of stale) await rmdir(join(parent, name)).catch(() => {});
}
