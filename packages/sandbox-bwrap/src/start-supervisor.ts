import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { type Supervisor, seccompProgram, supervisorClient } from "@claw/sandbox-supervisor";
import { bwrapArguments, type SandboxParts } from "./arguments.ts";
import { failure } from "./errors.ts";
import { wrapperScript } from "./limits.ts";

export interface RunningSandbox extends AsyncDisposable {
  readonly supervisor: Supervisor;
}

const ARGUMENTS_FD = 3;
const FILTER_FD = 4;
const FIRST_DATA_FD = 5;
const START_MS = 10_000;
/** What bubblewrap and the supervisor may say of why they ended. */
const MAX_LAST_WORDS = 500;

/**
 * Starts bubblewrap with the supervisor as its first process; with that one everything ends. Nothing of it is in a
 * process list but the limits: options go over a descriptor.
 */
export async function startSupervisor(bwrap: string, parts: SandboxParts): Promise<RunningSandbox> {
  const files = [
    { path: "/etc/passwd", content: "claw:x:1000:1000::/workspace:/bin/bash\n" },
    { path: "/etc/group", content: "claw:x:1000:\n" },
    { path: "/etc/nsswitch.conf", content: "passwd: files\ngroup: files\nhosts: files\n" },
  ].map((file, index) => ({ ...file, fd: FIRST_DATA_FD + index }));
  const { PATH = "/usr/bin:/bin" } = process.env;
  const child = spawn(bwrap, ["--args", String(ARGUMENTS_FD), "--", "/bin/bash", "-c", wrapperScript(parts.limits)], {
    env: { PATH },
    stdio: Array.from({ length: FIRST_DATA_FD + files.length }, () => "pipe" as const),
  });
  const [stdin, stdout, stderr] = [child.stdin as Writable, child.stdout as Readable, child.stderr as Readable];
  const send = (stream: Writable, content: string | Uint8Array) => {
    // A sandbox that fails early closes its descriptors unread; its last words tell.
    stream.on("error", () => {}).end(content);
  };
  send(
    child.stdio[ARGUMENTS_FD] as Writable,
    bwrapArguments({ ...parts, data: files, filterFd: FILTER_FD })
      .map((one) => `${one}\0`)
      .join(""),
  );
  send(child.stdio[FILTER_FD] as Writable, seccompProgram(process.arch === "arm64" ? "arm64" : "x64"));
  for (const { fd, content } of files) send(child.stdio[fd] as Writable, content);

  const client = supervisorClient({ write: (bytes) => stdin.write(bytes) });
  let lastWords = "";
  stdin.on("error", () => {});
  stdout.on("data", (chunk: Buffer) => client.receive(chunk));
  stderr.on("data", (chunk: Buffer) => {
    if (lastWords.length < MAX_LAST_WORDS) lastWords += chunk.toString();
  });
  const ended = once(child, "close").then(
    ([code, signal]) => client.lose(new Error(`it ended (${code ?? signal}) ${lastWords.trim()}`)),
    (error: Error) => client.lose(error),
  );
  const end = async () => {
    client.lose(new Error("it was disposed"));
    // Everything in the namespace dies with its first process, and that one with bubblewrap.
    child.kill("SIGKILL");
    await ended;
  };
  const late = setTimeout(() => client.lose(new Error(`it was not ready within ${START_MS} ms`)), START_MS);
  try {
    const supervisor = await client.ready;
    // A stream that says nonsense is left to nobody.
    supervisor.lost.then(end).catch(() => {});
    return { supervisor, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    const reason = error instanceof Error ? error.message : String(error);
    throw failure("SANDBOX_UNAVAILABLE", `bubblewrap gave no sandbox: ${reason}`, error);
  } finally {
    clearTimeout(late);
  }
}
