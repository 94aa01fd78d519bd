import { ClawError, type Lease } from "@claw/core";

/**
 * Remembers the newest lease that wrote to each session. In memory is enough: a state directory has one process, and
 * the leases of its bus end with it.
 */
export function fences(): (lease: Lease) => void {
  const newest = new Map<string, bigint>();
  return ({ key, fence }) => {
    const known = newest.get(key);
    if (known !== undefined && fence < known) {
      throw new ClawError(
        "STORE_FENCED",
        `session ${key} was written under lease ${known}; lease ${fence} is over and its turn has to stop`,
      );
    }
    newest.set(key, fence);
  };
}
