import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

export interface Child {
  readonly process: ChildProcessByStdio<null, Readable, null>;
  /** What it prints, as it prints it. */
  readonly lines: AsyncIterableIterator<string>;
  /** Resolves with its exit code, or `undefined` when a signal ended it. */
  readonly ended: Promise<number | undefined>;
}

/** Runs a script in a Node of its own, from source. */
export function child(script: URL, ...argv: readonly string[]): Child {
  const path = fileURLToPath(script);
  const process_ = spawn(process.execPath, ["--conditions=@claw/source", path, ...argv], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(process_, "close").then(([code]) => (code === null ? undefined : Number(code)));
  return { process: process_, lines: createInterface(process_.stdout)[Symbol.asyncIterator](), ended };
}
