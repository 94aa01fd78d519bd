import { execFileSync } from "node:child_process";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "./directory.ts";

export interface SmallDisk extends AsyncDisposable {
  readonly path: string;
  /** Takes all the space there is. */
  fill(): void;
  free(): void;
}

/** A file system of its own of some megabytes; `undefined` where this process may not mount one. */
export async function smallDisk(megabytes: number): Promise<SmallDisk | undefined> {
  const directory = await temporaryDirectory();
  const { path } = directory;
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=0700`, "tmpfs", path], { stdio: "pipe" });
  } catch {
    await directory[Symbol.asyncDispose]();
    return undefined;
  }
  const ballast = join(path, "ballast");
  return {
    path,
    fill() {
      const file = openSync(ballast, "a");
      try {
        for (let size = 65_536; size >= 1; ) {
          try {
            writeSync(file, Buffer.alloc(size));
          } catch {
            size = Math.floor(size / 2);
          }
        }
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(ballast, { force: true }),
    async [Symbol.asyncDispose]() {
      execFileSync("umount", [path]);
      await directory[Symbol.asyncDispose]();
    },
  };
}
