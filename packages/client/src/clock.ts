/** Time as the client sees it, so that tests can hold it still. */
export interface ClientClock {
  /** Milliseconds that only grow. */
  monotonicMs(): number;
  /** Calls back once after `delayMs`; the returned function cancels. */
  after(delayMs: number, callback: () => void): () => void;
}

export const realClock: ClientClock = {
  monotonicMs: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
