import type { Duplex, Readable, Writable } from "node:stream";
import type { Clock } from "@claw/core";

/** Changes what passes, and hands out at the end what it still holds. */
export interface Filter {
  push(chunk: Buffer): Buffer;
  end(): Buffer;
}

export interface OneWay {
  readonly from: Readable;
  readonly to: Writable;
  /** False ends it: nothing more may pass. */
  readonly count: (bytes: number) => boolean;
  readonly onOverdrawn: () => void;
  readonly filter?: Filter;
}

/** Passes data on as fast as it is taken, and the end of it; holds no more than the streams do. */
export function oneWay({ from, to, count, onOverdrawn, filter }: OneWay): void {
  const onDrain = (): void => void from.resume();
  to.on("drain", onDrain);
  from.on("data", (chunk: Buffer) => {
    if (!count(chunk.length)) return onOverdrawn();
    const passed = filter === undefined ? chunk : filter.push(chunk);
    if (!to.write(passed)) from.pause();
  });
  from.once("end", () => {
    to.off("drain", onDrain);
    to.end(filter?.end());
  });
}

/** Ends each side when the other one is gone, and not before it has got what was on its way. Resolves when both are. */
export function untilBothClosed(a: Duplex, b: Duplex): Promise<void> {
  const closed = (one: Duplex, other: Duplex): Promise<void> =>
    new Promise((resolve) => {
      const onClose = (): void => {
        resolve();
        if (!one.readableEnded || other.writableFinished) other.destroy();
        else other.once("finish", () => other.destroy());
      };
      if (one.closed) onClose();
      else one.once("close", onClose);
    });
  return Promise.all([closed(a, b), closed(b, a)]).then(() => undefined);
}

/** Calls back once when nothing was `touch`ed for that long. */
export function watchIdle(clock: Clock, idleMs: number, onIdle: () => void) {
  let lastMs = clock.monotonicMs();
  let cancel = clock.after(idleMs, check);
  function check(): void {
    const leftMs = lastMs + idleMs - clock.monotonicMs();
    if (leftMs <= 0) onIdle();
    else cancel = clock.after(leftMs, check);
  }
  return {
    touch(): void {
      lastMs = clock.monotonicMs();
    },
    [Symbol.dispose]: (): void => cancel(),
  };
}
