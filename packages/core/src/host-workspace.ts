import { createHash } from "node:crypto";
import { mkdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { ClawError } from "./errors.ts";
import type { SandboxErrorCode, SandboxSpec } from "./sandbox.ts";

/**
 * The host directory behind `/workspace`: the spec's own, which must exist, or a private one (0700) below `privateRoot`
 * named by the digest of the key. Rejects with `SANDBOX_UNAVAILABLE`.
 */
export async function hostWorkspace({ key, workspace }: SandboxSpec, privateRoot: string): Promise<string> {
  if (workspace.access === "none") {
    const directory = join(privateRoot, createHash("sha256").update(key).digest("hex").slice(0, 32));
    await mkdir(directory, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
      throw unavailable(`the private workspace ${directory} can't be made; make ${privateRoot} writable`, cause);
    });
    return realpath(directory);
  }
  const found = await stat(workspace.path).catch((cause: unknown) => {
    throw unavailable(`the workspace ${workspace.path} can't be opened; create the directory first`, cause);
  });
  if (!found.isDirectory()) throw unavailable(`the workspace ${workspace.path} is no directory; name a directory`);
  return realpath(workspace.path);
}

function unavailable(message: string, cause?: unknown): ClawError<SandboxErrorCode> {
  return new ClawError("SANDBOX_UNAVAILABLE", message, { cause });
}
