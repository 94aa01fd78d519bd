import { lstat, readlink } from "node:fs/promises";
import { SECRETS_DIRECTORY } from "@claw/core";
import { type CommandLimits, SUPERVISOR_PATH } from "./limits.ts";

/** What of the host is visible beside `/usr`, read-only and where it exists: nothing that names a user or holds a key. */
const systemFiles = ["/etc/ld.so.cache", "/etc/alternatives", "/etc/ssl/certs", "/etc/localtime", "/etc/mime.types"];

/** Of the kernel's own, what would otherwise be the sandbox's to write when the gateway runs as root: never writable. */
const readOnlyKernel = ["sys", "sysrq-trigger", "irq", "bus", "fs", "driver", "mtrr"];

/** And what tells of the host, and nothing that a program needs. */
const hiddenKernel = ["kcore", "kmsg", "keys", "timer_list", "sched_debug", "kallsyms", "slabinfo", "vmallocinfo"];

const MEBIBYTE = 1024 * 1024;

/** Distributions link these into `/usr` or keep them apart. */
export async function systemMounts(): Promise<readonly string[]> {
  const mounts = ["--ro-bind", "/usr", "/usr"];
  for (const path of ["/bin", "/sbin", "/lib", "/lib32", "/lib64"]) {
    const found = await lstat(path).catch(() => undefined);
    if (found?.isSymbolicLink()) mounts.push("--symlink", await readlink(path), path);
    else if (found?.isDirectory()) mounts.push("--ro-bind", path, path);
  }
  return [...mounts, ...systemFiles.flatMap((path) => ["--ro-bind-try", path, path])];
}

/** On top of the sandbox's own `/proc`: each entry that this kernel has. */
export async function kernelMounts(): Promise<readonly string[]> {
  const has = async (name: string) => (await lstat(`/proc/${name}`).catch(() => undefined)) !== undefined;
  const mounts: string[] = [];
  for (const name of readOnlyKernel) if (await has(name)) mounts.push("--ro-bind", `/proc/${name}`, `/proc/${name}`);
  for (const name of hiddenKernel) if (await has(name)) mounts.push("--ro-bind", "/dev/null", `/proc/${name}`);
  return mounts;
}

export interface SandboxParts {
  readonly kernel: readonly string[];
  readonly mounts: readonly string[];
  readonly workspace: string;
  readonly readOnly: boolean;
  /** The supervisor's program on the host. */
  readonly program: string;
  readonly limits: CommandLimits;
}

interface ArgumentParts extends SandboxParts {
  /** Read-only files made from what these descriptors yield. */
  readonly data: readonly { readonly fd: number; readonly path: string }[];
  /** Yields the filter of system calls. */
  readonly filterFd: number;
}

/** Order matters to bubblewrap: mounts first, the root made read-only last. */
export function bwrapArguments(parts: ArgumentParts): readonly string[] {
  const { mounts, kernel, workspace, readOnly, program, limits, data, filterFd } = parts;
  const isolation =
    "--unshare-all --unshare-user --disable-userns --as-pid-1 --die-with-parent --new-session --clearenv";
  return [
    ...isolation.split(" "),
    ...["--seccomp", String(filterFd), "--cap-drop", "ALL", "--uid", "1000", "--gid", "1000", "--hostname", "sandbox"],
    ...mounts,
    ...["--proc", "/proc", ...kernel, "--dev", "/dev"],
    ...["--size", String(16 * MEBIBYTE), "--tmpfs", "/dev/shm", "--remount-ro", "/dev"],
    ...["--size", String(limits.tmpMb * MEBIBYTE), "--perms", "1777", "--tmpfs", "/tmp"],
    ...["--size", String(MEBIBYTE), "--perms", "0700", "--tmpfs", SECRETS_DIRECTORY],
    ...data.flatMap(({ fd, path }) => ["--perms", "0444", "--ro-bind-data", String(fd), path]),
    ...["--ro-bind", program, SUPERVISOR_PATH],
    ...[readOnly ? "--ro-bind" : "--bind", workspace, "/workspace"],
    ...["--remount-ro", "/", "--chdir", "/workspace"],
  ];
}
