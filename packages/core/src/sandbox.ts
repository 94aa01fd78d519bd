import type { Duplex } from "node:stream";
import type { CallOptions } from "./call-options.ts";

export interface OutputChunk {
  readonly stream: "stdout" | "stderr";
  readonly text: string;
}

export interface RunOptions extends CallOptions {
  /** Absolute, or relative to the workspace. Default: the workspace. */
  readonly cwd?: string;
  /** Added to the sandbox's own small environment; nothing of the host's is inherited. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
  /** Default 120,000. */
  readonly timeoutMs?: number;
  /** Kept of stdout and of stderr each, the head and the tail with a mark between. Default 65,536. */
  readonly maxOutputBytes?: number;
  /** Called as output arrives, before the result; also beyond `maxOutputBytes`. */
  readonly onOutput?: (chunk: OutputChunk) => void;
}

export interface RunResult {
  /** As a shell counts: 128 + signal for a killed command, 124 for one that ran out of time. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Some output was dropped; a mark in the text says how many bytes. */
  readonly truncated: boolean;
  readonly timedOut: boolean;
  /**
   * What the sandbox had none left of while the command ran: the kernel killed a process for memory or refused another
   * process, or the workspace's quota or the longest file ended it. Absent when there was enough, and where the
   * provider can't tell.
   */
  readonly exhausted?: readonly SandboxResource[];
}

/** What a sandbox has a limited amount of. */
export type SandboxResource = "memory" | "processes" | "disk";

export interface StartOptions {
  /** Absolute, or relative to the workspace. Default: the workspace. */
  readonly cwd?: string;
  /** As for a command that is run to its end. */
  readonly env?: Readonly<Record<string, string>>;
  /** After it the whole process tree is ended. Default: it may go on as long as its sandbox. */
  readonly timeoutMs?: number;
  /** Gives it a terminal instead of pipes; its stderr then comes as stdout. */
  readonly terminal?: TerminalSize;
  /** Called with all output as it arrives, never with half a character. Nothing of it is kept. */
  readonly onOutput: (chunk: OutputChunk) => void;
}

export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

export type ProcessSignal = "SIGHUP" | "SIGINT" | "SIGQUIT" | "SIGKILL" | "SIGTERM" | "SIGCONT" | "SIGSTOP";

/** A command that goes on after the call that started it. What is asked of one that has ended does nothing. */
export interface SandboxProcess {
  /** Rejects with `SANDBOX_LOST` when the sandbox died under it. */
  readonly exit: Promise<Pick<RunResult, "exitCode" | "timedOut">>;
  /** Resolves once it is on its way or the command no longer reads. */
  write(input: string | Uint8Array): Promise<void>;
  /** No more input, after what was written. */
  endInput(): void;
  /** `SIGKILL` ends the whole process tree, also what left the session; others go to the process group. */
  signal(signal: ProcessSignal): void;
  /** Of its terminal. */
  resize(size: TerminalSize): void;
}

export interface FileInfo {
  readonly name: string;
  readonly kind: "file" | "directory" | "other";
  /** Bytes; 0 for a directory. */
  readonly size: number;
}

/**
 * Files and processes, and nothing of the lifecycle. File paths are absolute or relative to the workspace; one that
 * leaves the workspace, also through a link, rejects with `SANDBOX_PATH_ESCAPE`.
 */
export interface Sandbox {
  /** One paragraph for the model: root directory, network, limits, what cannot be done. */
  readonly description: string;
  /**
   * Runs a bash command line. A non-zero exit is a result. Rejects with `SANDBOX_ABORTED` once `signal` fires and the
   * whole process tree is gone, and with `SANDBOX_LOST` when the sandbox died under the command: whether it took
   * effect is then unknown.
   */
  run(command: string, options?: RunOptions): Promise<RunResult>;
  /** Starts a bash command line that goes on by itself. Absent where commands can only be run to their end. */
  start?(command: string, options: StartOptions): SandboxProcess;
  /** `undefined` when there is no such file. Rejects with `SANDBOX_FILE_TOO_LARGE` above `maxBytes` (default 4 MiB). */
  readFile(path: string, options?: CallOptions & { readonly maxBytes?: number }): Promise<Uint8Array | undefined>;
  /** Creates parent directories and replaces the file. Rejects with `SANDBOX_READ_ONLY` where that is the access. */
  writeFile(path: string, content: string | Uint8Array, options?: CallOptions): Promise<void>;
  /** Sorted by name, directories included; `undefined` when there is no such directory. */
  list(path: string, options?: CallOptions): Promise<readonly FileInfo[] | undefined>;
}

export interface SandboxSpec {
  /** The same key yields the same private workspace. */
  readonly key: string;
  /**
   * What stands at `/workspace`: an empty directory of its own (`none`), or the host directory `path`, read-only or
   * writable.
   */
  readonly workspace: { readonly access: "none" } | { readonly access: "ro" | "rw"; readonly path: string };
  /** `none`, or what takes the connections that programs in the sandbox make, and speaks as an HTTP proxy to them. */
  readonly network: "none" | SandboxNetwork;
  /** Files in `/run/secrets`, by name, for what has to be inside: in memory, and gone with the sandbox. Ignored on the bare host. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly cpus?: number;
  readonly memoryMb?: number;
  readonly pids?: number;
  /** Most that a writable workspace may grow to, and the longest file. One that already holds more may not grow. */
  readonly diskMb?: number;
}

export interface SandboxNetwork {
  /** Owns the connection from now on; it is half-open at its end. */
  connect(connection: Duplex): void;
}

/** Disposing it destroys the sandbox, not its workspace. */
export interface SandboxLease extends AsyncDisposable {
  readonly id: string;
  readonly sandbox: Sandbox;
  /** Settles with the reason once the sandbox is gone, or gives no sign of life. Absent where nobody watches it. */
  readonly lost?: Promise<Error>;
}

/** Disposing of it ends what it keeps ready ahead; a lease is ended by its holder. */
export interface SandboxProvider extends Partial<AsyncDisposable> {
  readonly name: string;
  /** What it is, in one sentence for people. */
  readonly summary: string;
  /** What it can't do or does not protect from, a sentence each. */
  readonly limits: readonly string[];
  /** Whether a sandbox can have another network than none. Default: it can't, and is given `none`. */
  readonly carriesNetwork?: boolean;
  /** Rejects with `SANDBOX_UNAVAILABLE` and the way to mend it. */
  acquire(spec: SandboxSpec, options?: CallOptions): Promise<SandboxLease>;
  /** A provider without it is always ready. */
  status?(): SandboxStatus;
}

export interface SandboxStatus {
  /** While it prepares (an image is pulled or built), `acquire` waits. */
  readonly state: "ready" | "preparing" | "unavailable";
  /** The last line of progress, or why it is unavailable and how to mend that. */
  readonly detail?: string;
}

export type SandboxErrorCode =
  | "SANDBOX_ABORTED"
  | "SANDBOX_FILE_TOO_LARGE"
  | "SANDBOX_LOST"
  | "SANDBOX_NOT_A_FILE"
  | "SANDBOX_PATH_ESCAPE"
  | "SANDBOX_READ_ONLY"
  | "SANDBOX_UNAVAILABLE";
