import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { temporaryDirectory } from "./directory.ts";
import { builtShim } from "./shim.ts";

export interface DiskFault {
  readonly operation: "read" | "write" | "sync" | "truncate";
  /** What the path of the file ends with. */
  readonly file: string;
  readonly error: "EIO" | "ENOSPC" | "EROFS";
  /** Calls that succeed before; none by default. */
  readonly after?: number;
  /** Calls that fail; then all succeed again. Default: every one. */
  readonly times?: number;
}

/** Makes system calls of one program fail, the SQLite within it included. */
export interface FailingDisk extends AsyncDisposable {
  /** What the program is to be started with. */
  readonly env: Readonly<Record<string, string>>;
  /** From now on, also of a program that runs; takes the place of an earlier fault. */
  fail(fault: DiskFault): void;
  mend(): void;
  /** Calls that met the fault, and of them those that failed. */
  counted(): { readonly met: number; readonly failed: number };
}

/** The struct of the C source: five integers and two texts. */
const FIELDS = { armed: 0, error: 4, after: 8, times: 12, failed: 16, operation: 20, file: 32 } as const;
const SIZE = 96;
const MANY = 1_000_000_000;

/** `undefined` where there is no C compiler. */
export async function failingDisk(): Promise<FailingDisk | undefined> {
  await using stack = new AsyncDisposableStack();
  const { path } = stack.use(await temporaryDirectory());
  const library = builtShim("failing-disk", path);
  if (library === undefined) return undefined;
  const rulePath = join(path, "rule");
  const file = openSync(rulePath, "w+");
  stack.defer(() => closeSync(file));
  writeSync(file, Buffer.alloc(SIZE));
  const owned = stack.move();
  let after = 0;

  const set = (field: keyof typeof FIELDS, value: Buffer): void =>
    void writeSync(file, value, 0, value.length, FIELDS[field]);
  const integer = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    return bytes;
  };
  const found = (field: keyof typeof FIELDS): number => {
    const bytes = Buffer.alloc(4);
    readSync(file, bytes, 0, 4, FIELDS[field]);
    return bytes.readInt32LE();
  };
  return {
    env: { LD_PRELOAD: library, FAILING_DISK: rulePath },
    fail(fault) {
      set("armed", integer(0));
      after = fault.after ?? 0;
      set("error", integer(constants.errno[fault.error]));
      set("after", integer(after));
      set("times", integer(fault.times ?? MANY));
      set("failed", integer(0));
      set("operation", Buffer.from(fault.operation.padEnd(12, "\0")));
      set("file", Buffer.from(fault.file.padEnd(64, "\0")));
      set("armed", integer(1));
    },
    mend: () => set("armed", integer(0)),
    counted: () => ({ met: after - found("after"), failed: found("failed") }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
