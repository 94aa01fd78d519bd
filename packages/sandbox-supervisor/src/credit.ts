/** Counts what was consumed of a stream and grants it again in portions: a frame for each would double the traffic. */
export function creditor(window: number, grant: (bytes: number) => void): (consumed: number) => void {
  let owed = 0;
  return (consumed) => {
    owed += consumed;
    if (owed < window / 4) return;
    grant(owed);
    owed = 0;
  };
}

export interface WindowedSender {
  /** Resolves once all of it was sent, or nobody takes it any more. */
  send(bytes: Uint8Array): Promise<void>;
  /** The other side takes so many more. Throws when it never took that many. */
  granted(bytes: number): void;
  /** Nobody takes it any more. */
  stop(): void;
}

/** Sends within what the other side has granted, in frames of at most `maxBytes`. */
export function windowedSender(
  { window, maxBytes }: { readonly window: number; readonly maxBytes: number },
  transmit: (bytes: Uint8Array) => void,
): WindowedSender {
  const queue: { rest: Uint8Array; readonly sent: () => void }[] = [];
  let open = window;
  let stopped = false;

  const pump = () => {
    for (let first = queue[0]; first !== undefined && (open > 0 || first.rest.length === 0); first = queue[0]) {
      const piece = first.rest.subarray(0, Math.min(open, maxBytes));
      if (piece.length > 0) transmit(piece);
      open -= piece.length;
      first.rest = first.rest.subarray(piece.length);
      if (first.rest.length > 0) continue;
      queue.shift();
      first.sent();
    }
  };

  return {
    send(bytes) {
      if (stopped) return Promise.resolve();
      return new Promise((sent) => {
        queue.push({ rest: bytes, sent });
        pump();
      });
    },
    granted(bytes) {
      open += bytes;
      if (open > window) throw new RangeError("more credit was granted than was used");
      pump();
    },
    stop() {
      stopped = true;
      for (const { sent } of queue.splice(0)) sent();
    },
  };
}
