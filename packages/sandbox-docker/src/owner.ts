import { randomUUID } from "node:crypto";

/** Tells this process from an earlier one with the same id, as a gateway that is a container's first process has. */
export const processName = `${process.pid}.${randomUUID()}`;

/** Whether the process lives that has this name, or made a name that begins with its own. */
export function isAlive(owner: string): boolean {
  if (owner.startsWith(processName)) return true;
  const pid = Number.parseInt(owner, 10);
  if (!(pid > 0) || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && Reflect.get(error, "code") === "EPERM";
  }
}
