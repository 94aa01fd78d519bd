import { spawn } from "node:child_process";

const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 60_000;

export interface ProgramOptions {
  /** Of Node. */
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Beside a few harmless variables of this process; no model key gets through by itself. */
  readonly env: Readonly<Record<string, string>>;
  /** What its output shows once it is ready. */
  readonly ready: RegExp;
  /** A command that becomes the one after it, like `nice -n 5`. */
  readonly through?: readonly string[];
}

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A Node program in a process of its own, which ends with this one at the latest. */
export interface Program {
  readonly pid: number;
  /** What `ready` found. */
  readonly match: RegExpExecArray;
  readonly exited: Promise<Exit>;
  /** What it has written so far to both streams. */
  output(): string;
  /** Idempotent. SIGTERM by default, followed by SIGKILL when that does not help. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
}

/** Resolves once the program is ready; rejects with its output when it ends before, or takes too long. */
export async function startProgram({ args, cwd, env, ready, through = [] }: ProgramOptions): Promise<Program> {
  const [command = process.execPath, ...argv] = [...through, process.execPath, ...args];
  const child = spawn(command, argv, {
    cwd,
    env: { ...harmless(process.env), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const killWithUs = (): void => void child.kill("SIGKILL");
  process.once("exit", killWithUs);

  let output = "";
  const { promise: found, resolve, reject } = Promise.withResolvers<RegExpExecArray>();
  const onData = (chunk: Buffer): void => {
    output += chunk.toString();
    const match = ready.exec(output);
    if (match !== null) resolve(match);
  };
  child.stdout.on("data", onData);
  child.stderr.on("data", onData);

  const exited = new Promise<Exit>((done) => child.once("close", (code, signal) => done({ code, signal })));
  void exited.then(({ code, signal }) => {
    process.off("exit", killWithUs);
    reject(new Error(`it ended (${code ?? signal}) before it was ready:\n${output}`));
  });
  const late = setTimeout(() => {
    killWithUs();
    reject(new Error(`it was not ready within ${START_TIMEOUT_MS} ms:\n${output}`));
  }, START_TIMEOUT_MS);
  const match = await found.finally(() => clearTimeout(late));

  return {
    pid: child.pid ?? 0,
    match,
    exited,
    output: () => output,
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      const timer = setTimeout(killWithUs, STOP_TIMEOUT_MS);
      return exited.finally(() => clearTimeout(timer));
    },
  };
}

/** What a program needs to run here, and no key that would make it call a model of the outside world. */
function harmless(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PATH, TMPDIR, LANG, MALLOC_ARENA_MAX, MALLOC_TRIM_THRESHOLD_ } = env;
  return { PATH, TMPDIR, LANG, MALLOC_ARENA_MAX, MALLOC_TRIM_THRESHOLD_, NO_COLOR: "1" };
}
