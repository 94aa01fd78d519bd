import { randomBytes } from "node:crypto";
import { lstat, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { ConfigError } from "./problem.ts";

/**
 * Replaces the file as a whole, readable by its owner alone: after a crash it holds the old or the new text. Makes
 * its directory; refuses to replace a link or anything else that is not a regular file.
 */
export async function writeConfigFile(path: string, text: string): Promise<void> {
  const directory = dirname(path);
  const temporary = join(directory, `.${basename(path)}.${randomBytes(8).toString("hex")}.tmp`);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await refuseSpecial(path);
    await writeDurably(temporary, text);
    await rename(temporary, path);
    await syncDirectory(directory);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    if (cause instanceof ConfigError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    throw unwritable(path, `it can't be written: ${code ?? "unknown error"}; the old file is unchanged`, cause);
  }
}

async function refuseSpecial(path: string): Promise<void> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (found?.isSymbolicLink()) throw unwritable(path, "it is a link, which writing would replace; name the real file");
  if (found && !found.isFile()) throw unwritable(path, "it is not a regular file");
}

async function writeDurably(path: string, text: string): Promise<void> {
  await using file = await open(path, "wx", 0o600);
  await file.writeFile(text);
  await file.sync();
}

async function syncDirectory(path: string): Promise<void> {
  await using directory = await open(path, "r");
  await directory.sync();
}

export function unwritable(path: string, message: string, cause?: unknown): ConfigError {
  return new ConfigError("CONFIG_UNWRITABLE", path, [{ path: "", message }], { cause });
}
