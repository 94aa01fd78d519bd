/** A supervisor is asked for a sign of life this often. */
const HEARTBEAT_MS = 20_000;

const ANSWER_MS = 15_000;

/**
 * Asks now and then until it is stopped. A sandbox that is paused, or whose engine hangs, keeps its stream open and says
 * nothing more.
 */
export function startHeartbeat(ping: () => Promise<void>, onSilence: (reason: Error) => void): () => void {
  let late: NodeJS.Timeout | undefined;
  const beat = setInterval(() => {
    // One question at a time: an answer that is late counts from the first.
    if (late !== undefined) return;
    late = setTimeout(() => onSilence(new Error("its supervisor gives no answer")), ANSWER_MS).unref();
    const heard = () => {
      clearTimeout(late);
      late = undefined;
    };
    ping().then(heard, heard);
  }, HEARTBEAT_MS).unref();
  return () => {
    clearInterval(beat);
    clearTimeout(late);
  };
}
