import { ClawError, type Lease } from "@claw/core";

/** Sessions whose newest lease is remembered; of one that has not been written to for so long every lease is over. */
const REMEMBERED = 10_000;

/**
 * Refuses what is written under a lease that is over, or older than one that has written to its session. In memory is
 * enough: a state directory has one process, and the leases of its bus end with it.
 */
export function fences(remembered: number = REMEMBERED): (lease: Lease) => void {
  const newest = new Map<string, bigint>();
  return ({ key, fence, lost }) => {
    const known = newest.get(key);
    if (known !== undefined && fence < known) {
      throw fenced(key, `was written under lease ${known}; lease ${fence} is over and its turn has to stop`);
    }
    if (lost.aborted) throw fenced(key, `is no longer held by lease ${fence}; its turn has to stop`);
    // To the end, so that the one at the front is the one unused for longest.
    newest.delete(key);
    newest.set(key, fence);
    const [oldest] = newest.keys();
    if (newest.size > remembered && oldest !== undefined) newest.delete(oldest);
  };
}

function fenced(session: string, what: string): ClawError {
  return new ClawError("STORE_FENCED", `session ${session} ${what}`);
}
