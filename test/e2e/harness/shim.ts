import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Builds a C source of this folder into a library for LD_PRELOAD; `undefined` where there is no C compiler. */
export function builtShim(name: string, directory: string): string | undefined {
  const library = join(directory, `${name}.so`);
  try {
    const source = join(import.meta.dirname, `${name}.c`);
    execFileSync("cc", ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], { stdio: "pipe" });
    return library;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
