import type { Address } from "@claw/core";

/** Whether what goes to the one arrives where what goes to the other does. */
export function sameAddress(a: Address, b: Address | undefined): boolean {
  return a.channel === b?.channel && a.account === b.account && a.peer === b.peer && a.thread === b.thread;
}
