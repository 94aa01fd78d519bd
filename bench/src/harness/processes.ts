import { readFileSync } from "node:fs";

/** Linux counts CPU time in hundredths of a second. */
const TICK_MS = 10;

/**
 * Resident memory of a process and its descendants. Not the proportional kind: that would count less of Node's own
 * program the more of them run on the machine.
 */
export function memoryMb(pid: number): number {
  const kilobytes = [pid, ...descendants(pid)].map((one) => Number(/^VmRSS:\s+(\d+)/m.exec(status(one))?.[1] ?? 0));
  return kilobytes.reduce((sum, one) => sum + one, 0) / 1024;
}

/** CPU time that a process has used so far, in user and kernel mode, its threads included. */
export function cpuMs(pid: number): number {
  // The name in parentheses may hold anything, so fields are counted from its end.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

function status(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    // It ended in between.
    return "";
  }
}

function descendants(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}
