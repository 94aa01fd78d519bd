import { readdir, readFile } from "node:fs/promises";

/** Of looking again: a fork that was under way when the others were ended is found in the next round. */
const MAX_ROUNDS = 50;

/** Ends every process whose environment holds `mark`, until none is found. */
export async function endTree(mark: string): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const found = await processesOf(mark);
    if (found.length === 0) return;
    // Stopped first, so that none of them makes another one meanwhile.
    for (const signal of ["SIGSTOP", "SIGKILL"] as const) for (const pid of found) send(pid, signal);
    // What was killed needs a moment to be gone; there is nothing to wait for but the time itself.
    await new Promise((resolve) => setTimeout(resolve, round));
  }
}

async function processesOf(mark: string): Promise<readonly number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const marked = await Promise.all(
    pids.map(async (pid) => {
      // Empty for one that has ended and waits to be reaped; unreadable for those of other users.
      const environment = await readFile(`/proc/${pid}/environ`, "latin1").catch(() => "");
      return pid !== process.pid && environment.split("\0").some((one) => one.endsWith(`=${mark}`));
    }),
  );
  return pids.filter((_, index) => marked[index]);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself.
  }
}
