import { open } from "node:fs/promises";
import type { TailLog } from "@claw/gateway";

const NEWLINE = 0x0a;

/**
 * Reads whole lines from the end of a log, or on from a cursor. No more than `maxBytes` is ever read. What has become
 * known as a secret since a line was written is taken out of it.
 */
export function tailLogFile(pathNow: () => string, redact: (line: string) => string): TailLog {
  return async ({ cursor, limit, maxBytes }) => {
    const path = pathNow();
    await using file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
      return undefined;
    });
    if (file === undefined) return { file: path, cursor: 0, size: 0, lines: [], truncated: false, reset: false };
    const { size } = await file.stat();
    const reset = cursor !== undefined && cursor > size;
    const from = cursor === undefined || reset ? 0 : cursor;
    // One byte ahead, to see whether what follows begins a line.
    const start = Math.max(from, size - maxBytes);
    const begin = Math.max(0, start - 1);
    const buffer = Buffer.alloc(size - begin);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, begin);
    const read = buffer.subarray(0, bytesRead);
    const end = read.lastIndexOf(NEWLINE) + 1;
    const skipped = start === 0 ? 0 : start === from ? start - begin : read.indexOf(NEWLINE) + 1;
    const lines =
      end > skipped
        ? read
            .subarray(skipped, end - 1)
            .toString()
            .split("\n")
        : [];
    return {
      file: path,
      cursor: end > 0 ? begin + end : from,
      size,
      lines: lines.slice(-limit).map(redact),
      truncated: start > from || lines.length > limit,
      reset,
    };
  };
}
