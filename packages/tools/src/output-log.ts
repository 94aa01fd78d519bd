export interface OutputLog {
  append(text: string): void;
  /** All that was ever appended, in characters. */
  readonly length: number;
  /** What came from `offset` on, at most `maxChars` of it; `from` is later than `offset` where that is dropped. */
  read(offset: number, maxChars: number): { readonly text: string; readonly from: number; readonly next: number };
  /** Resolves at the next output. */
  next(): Promise<void>;
}

/** Keeps the newest characters of an output, and knows them by their place in the whole. */
export function outputLog(maxChars: number): OutputLog {
  let kept = "";
  let length = 0;
  let coming = Promise.withResolvers<void>();
  return {
    append(text) {
      kept += text;
      length += text.length;
      // Cut rarely: each cut copies all that stays.
      if (kept.length > maxChars * 2) kept = kept.slice(-maxChars);
      coming.resolve();
      coming = Promise.withResolvers();
    },
    get length() {
      return length;
    },
    read(offset, most) {
      const first = length - Math.min(kept.length, maxChars);
      const from = Math.min(Math.max(offset, first), length);
      const start = kept.length - (length - from);
      const text = kept.slice(start, start + most);
      // Half a character at a cut is none.
      return { text: text.toWellFormed(), from, next: from + text.length };
    },
    next: () => coming.promise,
  };
}
