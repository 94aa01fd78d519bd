import { MAX_OPEN_REQUEST_BYTES, MAX_OPEN_REQUESTS } from "@claw/protocol";
import type { Peer } from "../connection/peers.ts";

export interface OpenRequests {
  /** Returns what to call at the request's end, or `undefined` when the client has too much open already. */
  begin(peer: Peer, bytes: number): (() => void) | undefined;
}

/** What each client waits for, so that none of them can make the gateway hold any amount of work. */
export function createOpenRequests(): OpenRequests {
  const open = new WeakMap<Peer, { readonly count: number; readonly bytes: number }>();
  const held = (peer: Peer) => open.get(peer) ?? { count: 0, bytes: 0 };
  return {
    begin(peer, bytes) {
      const before = held(peer);
      const full = before.count >= MAX_OPEN_REQUESTS || before.bytes + bytes > MAX_OPEN_REQUEST_BYTES;
      if (full) return undefined;
      open.set(peer, { count: before.count + 1, bytes: before.bytes + bytes });
      return () => {
        const { count, bytes: all } = held(peer);
        open.set(peer, { count: count - 1, bytes: all - bytes });
      };
    },
  };
}
