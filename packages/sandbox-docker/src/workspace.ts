import { createHash } from "node:crypto";
import { lchown, lstat, mkdir, readdir, realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { SandboxSpec } from "@claw/core";
import { reasonOf, sandboxError } from "./errors.ts";

export interface MountedWorkspace {
  /** On the engine's host, without links. */
  readonly path: string;
  readonly readOnly: boolean;
  /** Tells the directory from one that takes its place later: a container keeps the one it was started with. */
  readonly identity: string;
  /** `uid:gid` that commands run as; never root. */
  readonly user: string;
}

/** The user of the default image, taken when the workspace belongs to root. */
const SANDBOX_UID = 10001;

/** Makes sure the directory is there and that a user other than root can work in it. */
export async function mountWorkspace(spec: SandboxSpec, stateDir: string): Promise<MountedWorkspace> {
  const { workspace } = spec;
  try {
    if (workspace.access !== "none") return await ownWorkspace(workspace.path, workspace.access === "ro");
    const path = privateWorkspace(spec.key, stateDir);
    await mkdir(path, { recursive: true, mode: 0o700 });
    return await ownWorkspace(path);
  } catch (error) {
    const named = workspace.access === "none" ? "The sandbox's private workspace" : `The workspace "${workspace.path}"`;
    throw sandboxError("SANDBOX_UNAVAILABLE", `${named} can't be mounted: ${reasonOf(error)}`, error);
  }
}

/** Where it is or will be, whether or not there is one yet. */
export function privateWorkspace(key: string, stateDir: string): string {
  const name = createHash("sha256").update(key).digest("hex").slice(0, 32);
  return join(stateDir, "sandboxes", name, "workspace");
}

/** A directory that is there, made one to work in. */
export async function ownWorkspace(directory: string, readOnly = false): Promise<MountedWorkspace> {
  const path = await realpath(directory);
  const info = await stat(path);
  if (!info.isDirectory()) throw new Error("it is not a directory");
  const identity = `${info.dev}:${info.ino}`;
  if (info.uid !== 0) return { path, readOnly, identity, user: `${info.uid}:${info.gid}` };
  if (!readOnly) await giveAway(path);
  return { path, readOnly, identity, user: `${SANDBOX_UID}:${SANDBOX_UID}` };
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
