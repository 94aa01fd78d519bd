import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Found by name and not beside this file, which a bundler may have moved into another package. */
const root = (): string => dirname(createRequire(import.meta.url).resolve("@claw/sandbox-supervisor/package.json"));

/** The folder with the supervisor's C source and the `build.sh` that compiles it. */
export const supervisorSource = (): string => join(root(), "native");

/**
 * The supervisor's program for Linux on `x64` or `arm64`, which runs in any image. `undefined` when this installation
 * holds none for the architecture: a checkout on a machine without a C compiler.
 */
export function supervisorProgram(architecture: string = process.arch): string | undefined {
  const path = join(root(), "bin", `claw-supervisor-${architecture}`);
  return existsSync(path) ? path : undefined;
}
