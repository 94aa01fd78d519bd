/** What a sandbox may take. */
export interface CommandLimits {
  /** Writable private memory of each process; the kernel has no limit for all together but a cgroup. */
  readonly memoryMb: number;
  /** Processes of the sandbox; the kernel does not apply it to a gateway that runs as root. */
  readonly pids: number;
  /** Of `/tmp`, which counts as memory. */
  readonly tmpMb: number;
  /** Of a writable workspace, and of the longest file. */
  readonly diskMb: number;
}

/** Where the supervisor lies inside. */
export const SUPERVISOR_PATH = "/run/claw/supervisor";

/** Runs first inside of the sandbox: sets the limits that everything inherits, then becomes the supervisor. */
export function wrapperScript({ memoryMb, pids, diskMb }: CommandLimits): string {
  return [
    `ulimit -c 0 -n 1024 -d ${memoryMb * 1024} -u ${pids} -f ${diskMb * 1024} || exit 125`,
    `exec ${SUPERVISOR_PATH}`,
  ].join("\n");
}
