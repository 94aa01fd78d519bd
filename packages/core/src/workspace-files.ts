import { constants } from "node:fs";
import { type FileHandle, lstat, mkdir, open, readdir } from "node:fs/promises";
import { ClawError } from "./errors.ts";
import type { FileInfo, SandboxErrorCode } from "./sandbox.ts";
import { pathEscape } from "./workspace-path.ts";
import { locate, openDirectory, type Place, refuseSwapped, through } from "./workspace-place.ts";

const { O_RDONLY, O_WRONLY, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;

/**
 * The file at a path relative to the workspace's directory on the host, as `Sandbox.readFile` promises. Linux only, as are
 * the others: directories are walked through `/proc`, held open, so that a link that comes up meanwhile leads nowhere.
 */
export async function readWorkspaceFile(root: string, path: string, maxBytes: number): Promise<Uint8Array | undefined> {
  await using place = await locate(root, path);
  if (place.missing.length > 0) return undefined;
  await using file = await openFile(place, path, O_RDONLY);
  const { size } = await file.stat();
  if (size > maxBytes) {
    throw new ClawError<SandboxErrorCode>(
      "SANDBOX_FILE_TOO_LARGE",
      `${path} has ${size} bytes, at most ${maxBytes} are read; read a part of it with a command`,
    );
  }
  const buffer = Buffer.alloc(size);
  const { bytesRead } = await file.read(buffer, 0, size, 0);
  return buffer.subarray(0, bytesRead);
}

/** {@link readWorkspaceFile} for `Sandbox.writeFile`. */
export async function writeWorkspaceFile(root: string, path: string, content: string | Uint8Array): Promise<void> {
  await using place = await locate(root, path);
  if (place.belowFile) throw notAFile(path);
  const [name = "", ...deeper] = place.missing.toReversed();
  if (place.missing.length === 0) {
    await using file = await openFile(place, path, O_WRONLY);
    await replace(file, content);
    return;
  }
  // From the first missing directory down: each is entered without following a link.
  await using parent = new AsyncDisposableStack();
  let directory = place.directory;
  for (const step of deeper.toReversed()) {
    await mkdir(through(directory, step)).catch(ignoreExisting);
    directory = parent.use(await openDirectory(through(directory, step)).catch(refuseSwapped(path)));
  }
  await using file = await openFile({ directory, name }, path, O_WRONLY | O_CREAT);
  await replace(file, content);
}

/** {@link readWorkspaceFile} for `Sandbox.list`. */
export async function listWorkspaceDirectory(root: string, path: string): Promise<readonly FileInfo[] | undefined> {
  await using place = await locate(root, path);
  if (place.missing.length > 0 || !place.isDirectory) return undefined;
  const directory = place.directory;
  const names = (await readdir(through(directory, "."))).toSorted();
  const entries = await Promise.all(
    names.map(async (name): Promise<FileInfo | undefined> => {
      const found = await lstat(through(directory, name)).catch(() => undefined);
      if (found === undefined) return undefined;
      const kind = found.isFile() ? "file" : found.isDirectory() ? "directory" : "other";
      return { name, kind, size: kind === "file" ? found.size : 0 };
    }),
  );
  return entries.filter((entry) => entry !== undefined);
}

/** Never waits (a FIFO would), never follows a link (one may have come in the meantime), and yields files only. */
async function openFile(
  { directory, name }: Pick<Place, "directory" | "name">,
  path: string,
  flags: number,
): Promise<FileHandle> {
  let file: FileHandle;
  try {
    file = await open(through(directory, name), flags | O_NOFOLLOW | O_NONBLOCK, 0o644);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ELOOP" || code === "ENOENT") throw pathEscape(path);
    if (code === "EISDIR" || code === "ENXIO") throw notAFile(path);
    throw error;
  }
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw notAFile(path);
}

async function replace(file: FileHandle, content: string | Uint8Array): Promise<void> {
  await file.truncate(0);
  await file.writeFile(content);
}

function notAFile(path: string): ClawError<SandboxErrorCode> {
  return new ClawError<SandboxErrorCode>("SANDBOX_NOT_A_FILE", `${path} is no regular file; name a file`);
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}
