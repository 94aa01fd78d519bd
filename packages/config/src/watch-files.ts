import { type FSWatcher, realpathSync, watch } from "node:fs";
import { basename, dirname } from "node:path";
import type { Clock } from "@claw/core";

export interface WatchFilesOptions {
  readonly clock: Clock;
  /** Called once things are quiet, and at the latest {@link LONGEST_WAIT_MS} after the first change. */
  readonly onChange: () => void;
}

export interface WatchedFiles extends Disposable {
  /** Watches these instead. */
  watch(files: readonly string[]): void;
}

const QUIET_MS = 200;
export const LONGEST_WAIT_MS = 2_000;

/**
 * Notices when one of some files is written, replaced by another or removed. It is their directories that are watched:
 * a file that is replaced takes a watch on itself with it. Never keeps the process alive.
 */
export function watchFiles({ clock, onChange }: WatchFilesOptions): WatchedFiles {
  let watchers: readonly FSWatcher[] = [];
  let cancel = (): void => {};
  let firstMs: number | undefined;

  function noticed(): void {
    const nowMs = clock.monotonicMs();
    firstMs ??= nowMs;
    cancel();
    cancel = clock.after(Math.max(0, Math.min(QUIET_MS, firstMs + LONGEST_WAIT_MS - nowMs)), () => {
      firstMs = undefined;
      onChange();
    });
  }

  function close(): void {
    for (const watcher of watchers) watcher.close();
    watchers = [];
  }

  return {
    watch(files) {
      close();
      watchers = [...directoriesOf(files)].flatMap(([directory, names]) => watchDirectory(directory, names, noticed));
    },
    [Symbol.dispose]() {
      cancel();
      close();
    },
  };
}

/** Where the files are, and where the links that name them lead. */
function directoriesOf(files: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const directories = new Map<string, Set<string>>();
  for (const path of files.flatMap((file) => [file, real(file)])) {
    const names = directories.get(dirname(path)) ?? new Set();
    directories.set(dirname(path), names.add(basename(path)));
  }
  return directories;
}

function watchDirectory(directory: string, names: ReadonlySet<string>, noticed: () => void): readonly FSWatcher[] {
  try {
    const watcher = watch(directory, { persistent: false }, (_event, name) => {
      // A mounted directory is changed by a link called ..data that is replaced.
      if (name === null || names.has(name) || name.startsWith("..")) noticed();
    });
    // A directory that goes away is not watched any more; nothing else fails with it.
    watcher.on("error", () => watcher.close());
    return [watcher];
  } catch {
    return [];
  }
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
