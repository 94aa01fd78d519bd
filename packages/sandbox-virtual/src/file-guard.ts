import type { IFileSystem } from "just-bash";

/**
 * Makes reading a FIFO, socket or device fail at once. Opening a FIFO would block a thread of the whole process until
 * somebody writes to it, and ending the worker does not free that thread.
 */
export function refuseSpecialFiles<FileSystem extends IFileSystem>(fs: FileSystem): FileSystem {
  const check = async (path: string) => {
    const { isFile, isDirectory, isSymbolicLink } = await fs.lstat(path);
    if (!isFile && !isDirectory && !isSymbolicLink) throw new Error(`EINVAL: not a regular file, '${path}'`);
  };
  const { readFile, readFileBytes, readFileBuffer, cp } = fs;
  fs.readFile = async (path, options) => {
    await check(path);
    return readFile.call(fs, path, options);
  };
  fs.readFileBuffer = async (path) => {
    await check(path);
    return readFileBuffer.call(fs, path);
  };
  if (readFileBytes !== undefined) {
    fs.readFileBytes = async (path) => {
      await check(path);
      return readFileBytes.call(fs, path);
    };
  }
  fs.cp = async (source, target, options) => {
    await check(source);
    return cp.call(fs, source, target, options);
  };
  return fs;
}
