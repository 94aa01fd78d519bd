import type { FileInfo, SandboxErrorCode } from "@claw/core";
import type { FsStat, IFileSystem } from "just-bash";
import type { Operations } from "./messages.ts";

/** Crosses the thread as its code and message; classes do not. */
export class WorkerFailure extends Error {
  readonly code: SandboxErrorCode;

  constructor(code: SandboxErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

type Found = FsStat | "missing" | "below a file";

const absolute = (path: string) => (path === "." ? "/workspace" : `/workspace/${path}`);

async function lstat(fs: IFileSystem, path: string): Promise<FsStat | undefined> {
  try {
    return await fs.lstat(path);
  } catch (error) {
    // The interpreter's file systems put the code into the message only.
    if (error instanceof Error && error.message.startsWith("ENOENT")) return undefined;
    throw error;
  }
}

/** Looks at every directory on the way, so that a link is named for what it is. */
async function find(fs: IFileSystem, path: string): Promise<Found> {
  let current = "/workspace";
  let found: FsStat | undefined = await lstat(fs, current);
  for (const name of path === "." ? [] : path.split("/")) {
    if (found === undefined) return "missing";
    if (!found.isDirectory) return "below a file";
    current += `/${name}`;
    found = await lstat(fs, current);
    if (found?.isSymbolicLink) {
      throw new WorkerFailure(
        "SANDBOX_PATH_ESCAPE",
        `${current} is a link; this sandbox follows none, name the target`,
      );
    }
  }
  return found ?? "missing";
}

function notAFile(path: string): WorkerFailure {
  return new WorkerFailure("SANDBOX_NOT_A_FILE", `${absolute(path)} is no regular file; name a file`);
}

export async function readFile(
  fs: IFileSystem,
  { path, maxBytes }: Operations["read"]["input"],
): Promise<Uint8Array | undefined> {
  const found = await find(fs, path);
  if (typeof found === "string") return undefined;
  if (!found.isFile) throw notAFile(path);
  if (found.size > maxBytes) {
    throw new WorkerFailure(
      "SANDBOX_FILE_TOO_LARGE",
      `${absolute(path)} has ${found.size} bytes, at most ${maxBytes} are read; read a part of it with a command`,
    );
  }
  return fs.readFileBuffer(absolute(path));
}

export async function writeFile(fs: IFileSystem, { path, content }: Operations["write"]["input"]): Promise<undefined> {
  const found = await find(fs, path);
  if (found === "below a file" || (found !== "missing" && !found.isFile)) throw notAFile(path);
  const parent = absolute(path).slice(0, absolute(path).lastIndexOf("/"));
  if (found === "missing") await fs.mkdir(parent, { recursive: true });
  await fs.writeFile(absolute(path), content);
}

export async function list(
  fs: IFileSystem,
  { path }: Operations["list"]["input"],
): Promise<readonly FileInfo[] | undefined> {
  const found = await find(fs, path);
  if (typeof found === "string" || !found.isDirectory) return undefined;
  const names = (await fs.readdir(absolute(path))).toSorted();
  return Promise.all(
    names.map(async (name): Promise<FileInfo> => {
      const { isFile, isDirectory, size } = await fs.lstat(`${absolute(path)}/${name}`);
      return { name, kind: isFile ? "file" : isDirectory ? "directory" : "other", size: isFile ? size : 0 };
    }),
  );
}
