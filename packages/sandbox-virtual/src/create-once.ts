import { constants, open } from "node:fs/promises";
import { join, posix } from "node:path";
import type { IFileSystem } from "just-bash";

/**
 * Makes the file that is appended to exist first, made by whoever comes first. The interpreter makes a new one by
 * putting it in place whole, so that of two sandboxes that append to it at once one would lose its text.
 */
export function createOnce<FileSystem extends IFileSystem>(fs: FileSystem, root: string): FileSystem {
  const { appendFile } = fs;
  fs.appendFile = async (path, content, options) => {
    if (!(await fs.exists(path)) && (await isPlainDirectory(fs, posix.dirname(path))))
      await create(join(root, posix.resolve("/", path)));
    return appendFile.call(fs, path, content, options);
  };
  return fs;
}

/** False as well for one that is only to be reached by a link. */
async function isPlainDirectory(fs: IFileSystem, path: string): Promise<boolean> {
  return fs.stat(path).then(
    ({ isDirectory }) => isDirectory,
    () => false,
  );
}

async function create(path: string): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  // What keeps it from being made, the interpreter finds as well, and says so.
  const file = await open(path, flags, 0o644).catch(() => undefined);
  await file?.close();
}
