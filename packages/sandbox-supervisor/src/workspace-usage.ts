import { execFile } from "node:child_process";
import { statfs } from "node:fs/promises";

export interface WorkspaceUsage {
  readonly bytes: number;
  /** Everything in it could be looked at. */
  readonly whole: boolean;
}

export interface FreeSpace {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

const MEASURE_MS = 30_000;

/**
 * What a directory takes on its file system, a file with several names once. By `du`, in a process of its own, because
 * a tree can have millions of entries and change under the eyes that look at it.
 */
export function workspaceUsage(path: string): Promise<WorkspaceUsage> {
  const { PATH = "/usr/bin:/bin" } = process.env;
  const options = { cwd: path, env: { PATH }, timeout: MEASURE_MS, maxBuffer: 64 * 1024 };
  return new Promise((resolve, reject) => {
    execFile("du", ["-skx", "."], options, (error, stdout) => {
      const kilobytes = /^\d+/.exec(stdout)?.[0];
      if (kilobytes !== undefined) resolve({ bytes: Number(kilobytes) * 1024, whole: error === null });
      else if (error?.code === "ENOENT") reject(new Error("du is missing"));
      // Too many complaints about what can't be read, or too many files to count in time.
      else resolve({ bytes: 0, whole: false });
    });
  });
}

/** Of the file system that the directory is on; cheap at any size. */
export async function freeSpace(path: string): Promise<FreeSpace> {
  const { bavail, blocks, bsize } = await statfs(path);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}
