import { constants } from "node:fs";
import { type FileHandle, lstat, open, readlink } from "node:fs/promises";
import { pathEscape } from "./workspace-path.ts";

/** As the kernel counts. */
const MAX_LINKS = 40;

export interface Place extends AsyncDisposable {
  /** The deepest directory that exists, held open: what is renamed meanwhile can't lead elsewhere. */
  readonly directory: FileHandle;
  /** Its entry that the path names; `.` for a directory itself. */
  readonly name: string;
  readonly isDirectory: boolean;
  /** Names below `directory` that do not exist yet. */
  readonly missing: readonly string[];
  /** The path goes on below something that is no directory. */
  readonly belowFile: boolean;
}

/** `openat` for Node: a path relative to an open directory. */
export function through(directory: FileHandle, name: string): string {
  return `/proc/self/fd/${directory.fd}/${name}`;
}

/**
 * Walks from the workspace's root down, one open directory at a time, and resolves links as a command in the sandbox
 * would: `/workspace` is the root. Rejects with `SANDBOX_PATH_ESCAPE` where a link leads out.
 */
export async function locate(root: string, path: string): Promise<Place> {
  await using opened = new AsyncDisposableStack();
  const trail = [opened.use(await openDirectory(root))];
  const steps = path.split("/");
  let links = 0;
  const place = (parts: Pick<Place, "name" | "isDirectory"> & Partial<Place>): Place => {
    const kept = opened.move();
    return {
      directory: here(),
      missing: [],
      belowFile: false,
      ...parts,
      [Symbol.asyncDispose]: () => kept.disposeAsync(),
    };
  };
  const here = (): FileHandle => {
    const last = trail.at(-1);
    if (last === undefined) throw pathEscape(path);
    return last;
  };

  for (let step = steps.shift(); step !== undefined; step = steps.shift()) {
    if (step === "" || step === ".") continue;
    if (step === "..") {
      trail.pop();
      here();
      continue;
    }
    const found = await lstat(through(here(), step)).catch(ignoreMissing);
    if (found === undefined) return place({ name: step, isDirectory: false, missing: [step, ...steps] });
    if (found.isSymbolicLink()) {
      if (++links > MAX_LINKS) throw pathEscape(path);
      const target = await readlink(through(here(), step));
      if (target.startsWith("/")) {
        if (target !== "/workspace" && !target.startsWith("/workspace/")) throw pathEscape(path);
        trail.length = 1;
        steps.unshift(...target.split("/").slice(2));
      } else {
        steps.unshift(...target.split("/"));
      }
    } else if (found.isDirectory()) {
      trail.push(opened.use(await openDirectory(through(here(), step)).catch(refuseSwapped(path))));
    } else {
      const belowFile = steps.length > 0;
      return place({ name: step, isDirectory: false, belowFile, missing: belowFile ? steps : [] });
    }
  }
  return place({ name: ".", isDirectory: true });
}

/** Never through a link, also one that has come since somebody looked. */
export function openDirectory(where: string): Promise<FileHandle> {
  return open(where, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
}

/** What was a directory a moment ago is something else or gone: somebody is at work on the path. */
export function refuseSwapped(path: string): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    if (error.code === "ELOOP" || error.code === "ENOTDIR" || error.code === "ENOENT") throw pathEscape(path);
    throw error;
  };
}

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
