import type { Duplex } from "node:stream";

/**
 * Wraps what writes to `stream`: all that is sent before the event loop goes on reaches the kernel in one call, which
 * costs more than everything else about a small frame.
 */
export function inOneWrite(stream: Duplex, send: (text: string) => void): (text: string) => void {
  const flush = (): void => stream.uncork();
  return (text) => {
    if (stream.writableCorked === 0) {
      stream.cork();
      process.nextTick(flush);
    }
    send(text);
  };
}
