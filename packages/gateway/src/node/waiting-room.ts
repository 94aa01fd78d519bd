import { networkOf } from "../network-of.ts";

export interface WaitingRoom {
  /** Returns how to leave, which may be done twice, or `undefined` when there is no place. */
  enter(address: string | undefined): (() => void) | undefined;
}

/** Places for those who have not shown yet who they are: so many from one address, so many in all. */
export function createWaitingRoom(limits: { readonly ofOneAddress: number; readonly inAll: number }): WaitingRoom {
  const waiting = new Map<symbol, string>();
  return {
    enter(address) {
      const network = address === undefined ? "unknown" : networkOf(address);
      const neighbours = [...waiting.values()].filter((one) => one === network);
      if (waiting.size >= limits.inAll || neighbours.length >= limits.ofOneAddress) return undefined;
      const place = Symbol(network);
      waiting.set(place, network);
      return () => waiting.delete(place);
    },
  };
}
