import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface MemoryGroup extends Disposable {
  /** A program that enters the group and becomes the command that follows. */
  readonly enter: readonly string[];
  /** The most it ever held. */
  peakMb(): number;
}

const ROOT = "/sys/fs/cgroup";
const MEGABYTE = 1024 * 1024;

/** The first hierarchy that is there; both versions name the same things differently. */
const HIERARCHIES = [
  { folder: join(ROOT, "memory"), limit: "memory.limit_in_bytes", peak: "memory.max_usage_in_bytes", swap: undefined },
  { folder: ROOT, limit: "memory.max", peak: "memory.peak", swap: "memory.swap.max" },
];

/** A Linux control group with a memory limit and no swap, or why there is none. Its processes must be gone at the end. */
export function createMemoryGroup(limitMb: number): MemoryGroup | (Disposable & { readonly skipped: string }) {
  const hierarchy = HIERARCHIES.find(({ folder, limit }) => {
    return existsSync(join(folder, limit)) || existsSync(join(folder, "cgroup.controllers"));
  });
  if (hierarchy === undefined) return missing("there are no control groups here");
  const folder = join(hierarchy.folder, `claw-bench-${process.pid}`);
  try {
    mkdirSync(folder);
    writeFileSync(join(folder, hierarchy.limit), String(limitMb * MEGABYTE));
    if (hierarchy.swap !== undefined) writeFileSync(join(folder, hierarchy.swap), "0");
  } catch (error) {
    if (existsSync(folder)) rmdirSync(folder);
    return missing(`no control group could be made: ${error instanceof Error ? error.message : String(error)}`);
  }
  return {
    enter: ["/bin/sh", "-c", `echo $$ > ${join(folder, "cgroup.procs")} && exec "$@"`, "sh"],
    peakMb: () => Number(readFileSync(join(folder, hierarchy.peak), "utf8")) / MEGABYTE,
    [Symbol.dispose]: () => rmdirSync(folder),
  };
}

function missing(skipped: string): Disposable & { readonly skipped: string } {
  return { skipped, [Symbol.dispose]() {} };
}
