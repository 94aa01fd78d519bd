import { createInterface } from "node:readline";
import { Readable } from "node:stream";

interface ProgressMessage {
  readonly stream?: string;
  readonly status?: string;
  readonly id?: string;
  readonly error?: string;
}

/** The longest silence of an engine at work: a slow disk may copy a layer for minutes. */
const STALL_MS = 600_000;

/** Passes on what the engine says while it pulls, imports or builds. Rejects with the error it ends in. */
export async function followProgress(
  output: NodeJS.ReadableStream,
  onProgress: (line: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const stall = new AbortController();
  const timer = setTimeout(() => stall.abort(new Error(`the engine said nothing for ${STALL_MS / 1000} s`)), STALL_MS);
  const stop = signal ? AbortSignal.any([signal, stall.signal]) : stall.signal;
  const source = Readable.from(output, { objectMode: false });
  // Closing the connection is what makes the engine give up.
  const close = () => source.destroy();
  stop.addEventListener("abort", close, { once: true });
  let last = "";
  try {
    for await (const line of createInterface({ input: source, crlfDelay: Number.POSITIVE_INFINITY })) {
      timer.refresh();
      const message = parse(line);
      if (message.error !== undefined) throw new Error(message.error);
      const text = (message.stream ?? [message.id, message.status].filter(Boolean).join(": ")).trim();
      // A pull repeats a layer's state for every few kilobytes.
      if (text !== "" && text !== last) onProgress(text);
      last = text || last;
    }
    stop.throwIfAborted();
  } finally {
    clearTimeout(timer);
    stop.removeEventListener("abort", close);
    source.destroy();
  }
}

function parse(line: string): ProgressMessage {
  try {
    const message: unknown = JSON.parse(line);
    return typeof message === "object" && message !== null ? message : {};
  } catch {
    return {};
  }
}
