import { once } from "node:events";
import { connect, isIP, type Socket } from "node:net";
import type { Clock } from "@claw/core";

/** Opens a connection to one of these addresses, all of which were checked. */
export type Dial = (target: { readonly addresses: readonly string[]; readonly port: number }) => Socket;

/** The first that answers, as RFC 8305 tries them. Nothing is looked up again. */
export const systemDial: Dial = ({ addresses, port }) =>
  connect({
    // Never asked for: `lookup` knows the answer.
    host: "checked.invalid",
    port,
    allowHalfOpen: true,
    noDelay: true,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: 1_000,
    lookup: (_host, _options, callback) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: isIP(address) })),
      ),
  });

/** The connected socket, or why there is none. */
export async function dialWithin(
  dial: () => Socket,
  { clock, timeoutMs, signal }: { readonly clock: Clock; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Socket | { readonly failed: string; readonly late: boolean }> {
  const deadline = new AbortController();
  const cancel = clock.after(timeoutMs, () => deadline.abort());
  const socket = dial();
  // For good: what happens between two waits is seen by the next one as a closed socket.
  socket.on("error", () => {});
  try {
    await once(socket, "connect", { signal: AbortSignal.any([signal, deadline.signal]) });
    return socket;
  } catch (error) {
    socket.destroy();
    const late = deadline.signal.aborted;
    return { failed: late ? `no connection within ${timeoutMs} ms` : connectProblem(error), late };
  } finally {
    cancel();
  }
}

function connectProblem(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "no connection";
  return code === "ABORT_ERR" ? "the client left" : code;
}
