export interface OutputCollector {
  /** Takes the next bytes of the stream; they may end inside a character. */
  write(bytes: Uint8Array): void;
  /** Hands over what is still undecided and returns the capped text. Call it once. */
  end(): CollectedOutput;
}

export interface CollectedOutput {
  readonly text: string;
  readonly truncated: boolean;
}

export interface OutputCollectorOptions {
  /** Kept of the head and of the tail together. Default 65,536. */
  readonly maxBytes?: number;
  /** Called with all text as it is decoded, also beyond the cap; never with half a character. */
  readonly onText?: (text: string) => void;
}

/**
 * Keeps the first and the last bytes of a stream and a mark between them that says how many were dropped. Memory is
 * bounded by `maxBytes` however much arrives; bytes that are no UTF-8 become U+FFFD.
 */
export function outputCollector({ maxBytes = 65_536, onText }: OutputCollectorOptions = {}): OutputCollector {
  const headSize = Math.ceil(maxBytes / 2);
  const tailSize = maxBytes - headSize;
  const decoder = new TextDecoder();
  const head: Uint8Array[] = [];
  let headLength = 0;
  let tail: Buffer | undefined;
  let tailWritten = 0;

  const emit = (text: string) => {
    if (text !== "") onText?.(text);
  };

  /** A ring: only the last `tailSize` bytes stay. */
  const writeTail = (bytes: Uint8Array) => {
    tailWritten += bytes.length;
    if (tailSize === 0) return;
    tail ??= Buffer.allocUnsafe(tailSize);
    const kept = bytes.subarray(Math.max(0, bytes.length - tailSize));
    const start = (tailWritten - kept.length) % tailSize;
    const first = kept.subarray(0, tailSize - start);
    tail.set(first, start);
    tail.set(kept.subarray(first.length), 0);
  };

  const readTail = (): Buffer => {
    if (tail === undefined) return Buffer.alloc(0);
    if (tailWritten <= tailSize) return tail.subarray(0, tailWritten);
    const start = tailWritten % tailSize;
    return Buffer.concat([tail.subarray(start), tail.subarray(0, start)]);
  };

  return {
    write(bytes) {
      if (onText !== undefined) emit(decoder.decode(bytes, { stream: true }));
      const forHead = bytes.subarray(0, headSize - headLength);
      // A copy: the caller may reuse its buffer.
      if (forHead.length > 0) head.push(Uint8Array.from(forHead));
      headLength += forHead.length;
      if (forHead.length < bytes.length) writeTail(bytes.subarray(forHead.length));
    },
    end() {
      emit(decoder.decode());
      const first = Buffer.concat(head);
      const last = readTail();
      if (tailWritten <= tailSize) return { text: Buffer.concat([first, last]).toString(), truncated: false };
      const start = first.subarray(0, wholeCharacters(first));
      const finish = last.subarray(continuationBytes(last));
      const dropped = headLength + tailWritten - start.length - finish.length;
      return { text: `${start.toString()}\n[… ${dropped} bytes dropped …]\n${finish.toString()}`, truncated: true };
    },
  };
}

/** The length of `bytes` without a character cut off at its end. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0b1100_0000) === 0b1000_0000) continue;
    const needed = byte >= 0b1111_0000 ? 4 : byte >= 0b1110_0000 ? 3 : byte >= 0b1100_0000 ? 2 : 1;
    return needed > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** How many bytes at the start belong to a character whose first byte is gone. */
function continuationBytes(bytes: Buffer): number {
  let count = 0;
  while (count < 3 && ((bytes[count] ?? 0) & 0b1100_0000) === 0b1000_0000) count++;
  return count;
}
