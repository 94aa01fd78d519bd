import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { supervisorProgram } from "@claw/sandbox-supervisor";

export type BwrapProbe =
  | {
      readonly available: true;
      readonly version: string /** The program that runs the commands. */;
      readonly supervisor: string;
    }
  | { readonly available: false; readonly reason: string };

export interface ProbeBwrapOptions {
  /** The program. Default `bwrap`, looked up on PATH. */
  readonly bwrap?: string;
}

const execute = promisify(execFile);

/** Whether bubblewrap is here, new enough and allowed to make namespaces; the reason says how to mend it. */
export async function probeBwrap({ bwrap = "bwrap" }: ProbeBwrapOptions = {}): Promise<BwrapProbe> {
  if (process.platform !== "linux") return { available: false, reason: "bubblewrap needs Linux" };
  const supervisor = supervisorProgram();
  if (supervisor === undefined) {
    return {
      available: false,
      reason: `the supervisor is not compiled for ${process.arch}; install gcc or musl-tools and build again`,
    };
  }
  try {
    const { stdout } = await execute(bwrap, ["--version"], { timeout: 5_000 });
    const isolation = ["--unshare-all", "--unshare-user", "--disable-userns", "--cap-drop", "ALL"];
    const mounts = ["--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"];
    await execute(bwrap, [...isolation, ...mounts, "--", "/bin/bash", "-c", "true"], { timeout: 5_000 });
    return { available: true, version: stdout.trim().replace(/^bubblewrap /, ""), supervisor };
  } catch (error) {
    return { available: false, reason: reasonOf(error as NodeJS.ErrnoException & { readonly stderr?: string }) };
  }
}

function reasonOf({ code, stderr = "", message }: NodeJS.ErrnoException & { readonly stderr?: string }): string {
  if (code === "ENOENT") return "bubblewrap is not installed; install the package bubblewrap";
  if (stderr.includes("disable-userns")) return "bubblewrap is too old; 0.8.0 or newer is needed";
  if (/permission|not permitted|uid map/i.test(stderr)) {
    return `bubblewrap may not make user namespaces here (${stderr.trim()}); allow them, e.g. sysctl kernel.unprivileged_userns_clone=1, or an AppArmor profile for bwrap`;
  }
  return `bubblewrap failed: ${stderr.trim() || message}`;
}
