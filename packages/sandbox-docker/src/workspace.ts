import { createHash } from "node:crypto";
import { lchown, lstat, mkdir, readdir, realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SandboxSpec } from "@claw/core";
import { reasonOf, sandboxError } from "./errors.ts";

export interface MountedWorkspace {
  /** On the engine's host, without links. */
  readonly path: string;
  readonly readOnly: boolean;
  /** `uid:gid` that commands run as; never root. */
  readonly user: string;
}

/** The user of the default image, taken when the workspace belongs to root. */
const SANDBOX_UID = 10001;

/** Makes sure the directory is there and that a user other than root can work in it. */
export async function mountWorkspace(spec: SandboxSpec, stateDir: string): Promise<MountedWorkspace> {
  const { workspace } = spec;
  try {
    const path =
      workspace.access === "none" ? await privateWorkspace(spec.key, stateDir) : await realpath(workspace.path);
    const info = await stat(path);
    if (!info.isDirectory()) throw new Error("it is not a directory");
    const readOnly = workspace.access === "ro";
    if (info.uid !== 0) return { path, readOnly, user: `${info.uid}:${info.gid}` };
    if (!readOnly) await giveAway(path);
    return { path, readOnly, user: `${SANDBOX_UID}:${SANDBOX_UID}` };
  } catch (error) {
    const named = workspace.access === "none" ? "The sandbox's private workspace" : `The workspace "${workspace.path}"`;
    throw sandboxError("SANDBOX_UNAVAILABLE", `${named} can't be mounted: ${reasonOf(error)}`, error);
  }
}

async function privateWorkspace(key: string, stateDir: string): Promise<string> {
  const name = createHash("sha256").update(key).digest("hex").slice(0, 32);
  const path = join(stateDir, "sandboxes", name, "workspace");
  await mkdir(path, { recursive: true, mode: 0o700 });
  return realpath(path);
}

/** Hands a tree from root to the sandbox's user: entries that already have another owner stay, links aren't followed. */
async function giveAway(path: string): Promise<void> {
  if (dirname(dirname(path)) === dirname(path)) {
    throw new Error("it belongs to root and is a directory of the system. Choose or make a directory below it.");
  }
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if ((await lstat(file)).uid === 0) await lchown(file, SANDBOX_UID, SANDBOX_UID);
  }
  // Last, because the owner of the top says whether all of this is done.
  await lchown(path, SANDBOX_UID, SANDBOX_UID);
}
