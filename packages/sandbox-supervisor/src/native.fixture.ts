import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OnBytes, SignalNumber, type Supervisor, supervisorClient, supervisorSource } from "./index.ts";
import type { CommandExit, ExecRequest } from "./messages.ts";

const built = new Map<string, string>();

/** The program as it is published, or with the sanitizers that end it at any wrong access. */
export function compiled(kind: "plain" | "sanitized" = "plain"): string {
  const known = built.get(kind);
  if (known !== undefined) return known;
  const path = join(mkdtempSync(join(tmpdir(), "claw-supervisor-")), "claw-supervisor");
  const sanitizers = ["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"];
  const [options, env] = kind === "plain" ? [[], {}] : [sanitizers, { CC: "gcc" }];
  execFileSync(join(supervisorSource(), "build.sh"), [path, ...options], { env: { ...process.env, ...env } });
  built.set(kind, path);
  return path;
}

/** The first process of a PID namespace of its own, as it is in a sandbox, with the machine's files. */
export function spawnSupervisor(program: string, { openFiles = 1_024 } = {}) {
  const namespace = ["--unshare-pid", "--as-pid-1", "--unshare-net", "--die-with-parent", "--dev-bind", "/", "/"];
  return spawn(
    "bwrap",
    [...namespace, "--proc", "/proc", "--tmpfs", "/dev/shm", "--", "prlimit", `--nofile=${openFiles}`, program],
    {
      stdio: ["pipe", "pipe", "pipe"],
      env: { PATH: process.env["PATH"], ASAN_OPTIONS: "detect_leaks=0" },
    },
  );
}

export interface RunningSupervisor extends AsyncDisposable {
  readonly supervisor: Supervisor;
  readonly pid: number;
  /** Runs a bash script to its end. */
  bash(
    script: string,
    options?: BashOptions,
  ): Promise<CommandExit & { readonly stdout: string; readonly stderr: string }>;
}

export interface BashOptions extends Partial<ExecRequest> {
  readonly stdin?: string;
}

export const bashRequest = (script: string, options: BashOptions = {}): ExecRequest => ({
  argv: ["/bin/bash", "-c", script],
  cwd: "/tmp",
  env: { PATH: "/usr/bin:/bin" },
  ...options,
});

/** Collects what comes, as text. */
export function collector() {
  const text = { stdout: "", stderr: "" };
  const onBytes: OnBytes = (stream, bytes) => {
    text[stream] += Buffer.from(bytes).toString();
  };
  return { text, onBytes };
}

export async function startSupervisor(program: string = compiled(), options = {}): Promise<RunningSupervisor> {
  const child = spawnSupervisor(program, options);
  const client = supervisorClient({ write: (bytes) => child.stdin.write(bytes) });
  let diagnostics = "";
  child.stderr.on("data", (chunk) => {
    diagnostics += chunk;
  });
  child.stdout.on("data", (chunk) => client.receive(chunk));
  child.stdin.on("error", () => {});
  child.on("close", (code, signal) => client.lose(new Error(`it ended (${code ?? signal}) ${diagnostics}`)));
  const supervisor = await client.ready;
  return {
    supervisor,
    pid: child.pid ?? 0,
    async bash(script, options = {}) {
      const { text, onBytes } = collector();
      const command = supervisor.exec(bashRequest(script, options), onBytes);
      if (options.stdin !== undefined) command.write(Buffer.from(options.stdin)).catch(() => {});
      command.end();
      const exit = await command.exit;
      return { ...exit, ...text };
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.stdin.end();
      await once(child, "close");
    },
  };
}

export { SignalNumber };
