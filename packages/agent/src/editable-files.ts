import { createHash, randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, lstat, mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { ClawError, type EditableFile, type EditableFiles } from "@claw/core";
import type { AgentErrorCode } from "./errors.ts";
import { WORKSPACE_FILES } from "./workspace-files.ts";

/** The largest file that is read or written here, in bytes. */
const MAX_BYTES = 256 * 1024;
/** The agent may have put a link or a pipe in a file's place: neither is followed or waited for. */
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export function editableFiles(workspace: string): EditableFiles {
  let last: Promise<unknown> = Promise.resolve();
  const known = (name: string): boolean => WORKSPACE_FILES.some((one) => one === name);

  async function read(name: string): Promise<EditableFile> {
    const path = join(workspace, name);
    const handle = await openOrMissing(path);
    if (handle === undefined) return { name, path };
    await using file = handle;
    const { size, mtime } = await sizeOf(file, path);
    const content = (await file.readFile()).toString("utf8");
    return { name, path, content, hash: hashOf(content), size, updatedAt: mtime };
  }

  async function readOrExplain(name: string): Promise<EditableFile> {
    return read(name).catch((error: unknown) => {
      const problem = error instanceof Error ? error.message : String(error);
      return { name, path: join(workspace, name), problem };
    });
  }

  async function write(name: string, content: string, expectedHash: string | null | undefined): Promise<EditableFile> {
    if (Buffer.byteLength(content) > MAX_BYTES) throw unusable(join(workspace, name), `more than ${MAX_BYTES} bytes`);
    if (expectedHash !== undefined) {
      const { hash = null } = await read(name);
      if (hash !== expectedHash) {
        throw new ClawError<AgentErrorCode>(
          "AGENT_FILE_CHANGED",
          `${name} is not what it was: expected hash ${expectedHash}, found ${hash}; read it again`,
        );
      }
    }
    await mkdir(workspace, { recursive: true, mode: 0o700 });
    const temporary = join(workspace, `.${name}.${randomBytes(8).toString("hex")}.tmp`);
    try {
      await writeDurably(temporary, content);
      await rename(temporary, join(workspace, name));
    } catch (error) {
      await rm(temporary, { force: true });
      throw unusable(join(workspace, name), (error as NodeJS.ErrnoException).code ?? "unknown error", error);
    }
    return read(name);
  }

  return {
    path: workspace,
    list: () => Promise.all(WORKSPACE_FILES.map(readOrExplain)),
    read: async (name) => (known(name) ? read(name) : undefined),
    async write(name, content, expectedHash) {
      if (!known(name)) return undefined;
      // One after the other: what a hash was checked against is what is replaced.
      const written = last.then(() => write(name, content, expectedHash));
      last = written.catch(() => {});
      return written;
    },
  };
}

async function openOrMissing(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, READ);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    const isLink = (await lstat(path).catch(() => undefined))?.isSymbolicLink() === true;
    throw unusable(path, isLink ? "it is a link, which is not followed" : (code ?? "unknown error"), error);
  }
}

async function sizeOf(file: FileHandle, path: string): Promise<{ readonly size: number; readonly mtime: Date }> {
  const stat = await file.stat();
  if (!stat.isFile()) throw unusable(path, "it is not a regular file");
  if (stat.size > MAX_BYTES) throw unusable(path, `it has ${stat.size} bytes, more than ${MAX_BYTES}`);
  return stat;
}

async function writeDurably(path: string, text: string): Promise<void> {
  await using file = await open(path, "wx", 0o600);
  await file.writeFile(text);
  await file.sync();
}

const hashOf = (content: string): string => createHash("sha256").update(content).digest("hex");

function unusable(path: string, why: string, cause?: unknown): ClawError<AgentErrorCode> {
  return new ClawError("AGENT_FILE", `${path} can't be used: ${why}`, cause === undefined ? {} : { cause });
}
