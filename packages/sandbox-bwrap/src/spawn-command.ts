import { spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { type ArgumentParts, bwrapArguments } from "./arguments.ts";
import { wrapperScript } from "./limits.ts";

export interface SpawnedCommand {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** 128 + signal for a killed command. Resolves when every process is gone and the streams have ended. */
  readonly ended: Promise<number>;
  /** Kills every process of the sandbox, as soon as there is one. */
  kill(): void;
}

export interface SpawnParts extends Omit<ArgumentParts, "data" | "statusFd"> {
  readonly bwrap: string;
  readonly command: string;
}

const ARGUMENTS_FD = 3;
const STATUS_FD = 4;
const FIRST_DATA_FD = 5;

/** Nothing of the command is in a process list: options, environment and script go over descriptors. */
export function spawnCommand({ bwrap, command, ...parts }: SpawnParts): SpawnedCommand {
  const files = [
    { path: "/run/claw/command", content: `${command}\n` },
    { path: "/etc/passwd", content: "claw:x:1000:1000::/workspace:/bin/bash\n" },
    { path: "/etc/group", content: "claw:x:1000:\n" },
    { path: "/etc/nsswitch.conf", content: "passwd: files\ngroup: files\nhosts: files\n" },
  ].map((file, index) => ({ ...file, fd: FIRST_DATA_FD + index }));
  const { PATH = "/usr/bin:/bin" } = process.env;
  const child = spawn(bwrap, ["--args", String(ARGUMENTS_FD), "--", "/bin/bash", "-c", wrapperScript(parts.limits)], {
    // The first process in the sandbox can be read from inside, with its environment.
    env: { PATH },
    stdio: Array.from({ length: FIRST_DATA_FD + files.length }, () => "pipe" as const),
  });

  const send = (fd: number, content: string) => {
    const stream = child.stdio[fd] as Writable;
    // A sandbox that fails early closes its descriptors unread; its exit code tells.
    stream.on("error", () => {}).end(content);
  };
  const options = bwrapArguments({ ...parts, data: files, statusFd: STATUS_FD });
  send(ARGUMENTS_FD, options.map((option) => `${option}\0`).join(""));
  for (const { fd, content } of files) send(fd, content);

  let innerPid: number | undefined;
  let killed = false;
  let status = "";
  // The outer process waits for the inner one, which ends only after every process of its namespace.
  const killInner = () => {
    if (innerPid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(innerPid, "SIGKILL");
    } catch {
      // It ended by itself in this moment.
    }
  };
  (child.stdio[STATUS_FD] as Readable).on("data", (chunk: Buffer) => {
    // Only the first message counts: it is written before anything of the command runs.
    if (innerPid !== undefined) return;
    status += chunk.toString();
    const found = /"child-pid": (\d+)/.exec(status)?.[1];
    if (found === undefined) return;
    innerPid = Number(found);
    if (killed) killInner();
  });

  return {
    stdin: child.stdin as Writable,
    stdout: child.stdout as Readable,
    stderr: child.stderr as Readable,
    ended: new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => resolve(code ?? 128 + (signal === "SIGKILL" ? 9 : 15)));
    }),
    kill() {
      killed = true;
      killInner();
    },
  };
}
