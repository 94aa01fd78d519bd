import { constants, type FileHandle, open } from "node:fs/promises";
import { ConfigError, type ConfigErrorCode } from "./problem.ts";

const MAX_CONFIG_BYTES = 2_000_000;

/** The text of a regular UTF-8 file of at most 2 MB; a link to one is followed. */
export async function readConfigFile(path: string): Promise<string> {
  const fail = (code: ConfigErrorCode, message: string, cause?: unknown) =>
    new ConfigError(code, path, [{ path: "", message }], { cause });
  let bytes: Buffer;
  try {
    // Without O_NONBLOCK opening a pipe that nobody writes to would wait for ever.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!(await file.stat()).isFile()) throw fail("CONFIG_UNREADABLE", "it is not a regular file");
    bytes = await readCapped(file);
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") throw fail("CONFIG_MISSING", "there is no such file", cause);
    throw fail("CONFIG_UNREADABLE", `it can't be read: ${code ?? "unknown error"}`, cause);
  }
  if (bytes.length > MAX_CONFIG_BYTES) throw fail("CONFIG_UNREADABLE", "it is larger than 2 MB");
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw fail("CONFIG_SYNTAX", "it is not UTF-8 text", cause);
  }
}

async function readCapped(file: FileHandle): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.min((await file.stat()).size, MAX_CONFIG_BYTES) + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}
