import { rename } from "node:fs/promises";
import { unwritable, writeConfigFile } from "./write-config-file.ts";

/** Of each kind. */
const MAX_COPIES = 5;

/**
 * Writes a text beside the file, readable by its owner alone: `openclaw.json.bak` is the newest, `.bak.1` to `.bak.4` are
 * those before it, and what was the last of them is gone. Resolves with where it is.
 */
export async function keepConfigCopy(path: string, kind: "bak" | "rejected", text: string): Promise<string> {
  const nameOf = (age: number): string => `${path}.${kind}${age === 0 ? "" : `.${age}`}`;
  for (let age = MAX_COPIES - 2; age >= 0; age--) {
    await rename(nameOf(age), nameOf(age + 1)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw unwritable(nameOf(age), `it can't be renamed: ${error.code}`, error);
    });
  }
  await writeConfigFile(nameOf(0), text);
  return nameOf(0);
}

/** Writes the file as {@link writeConfigFile} does, and keeps `before`, what stood in it, as its newest copy. */
export async function replaceConfigFile(path: string, before: string | undefined, text: string): Promise<void> {
  if (before !== undefined) await keepConfigCopy(path, "bak", before);
  await writeConfigFile(path, text);
}
