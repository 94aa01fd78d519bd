import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "./directory.ts";
import { builtShim } from "./shim.ts";

/** Moves the clock of one program, also while it runs. */
export interface WrongClock extends AsyncDisposable {
  /** What the program is to be started with. */
  readonly env: Readonly<Record<string, string>>;
  /** How far its time of day is from the true one. */
  move(seconds: number): void;
}

/** `undefined` where there is no C compiler. */
export async function wrongClock(): Promise<WrongClock | undefined> {
  await using stack = new AsyncDisposableStack();
  const { path } = stack.use(await temporaryDirectory());
  const library = builtShim("wrong-clock", path);
  if (library === undefined) return undefined;
  const offsetPath = join(path, "offset");
  const file = openSync(offsetPath, "w+");
  stack.defer(() => closeSync(file));
  const move = (seconds: number): void => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(seconds));
    writeSync(file, bytes, 0, 8, 0);
  };
  move(0);
  const owned = stack.move();
  return {
    env: { LD_PRELOAD: library, WRONG_CLOCK: offsetPath },
    move,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
