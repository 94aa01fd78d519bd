import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type Docker from "dockerode";
import { withDeadline } from "./deadline.ts";
import { demultiplex } from "./demultiplex.ts";
import { ENGINE_TIMEOUT_MS } from "./engine.ts";

export interface EngineExecOptions {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly stdin?: string | Uint8Array | undefined;
  readonly onBytes: Parameters<typeof demultiplex>[1];
}

export interface EngineExec {
  /** True once nothing holds the output open any more. */
  readonly ended: boolean;
  /** The exit code. Rejects when the engine or the container went away. */
  readonly exit: Promise<number>;
  /** Stops listening. The process does not notice: the engine has no call that ends one. */
  release(): void;
}

/** How often a process is looked at that left its output open to a child in the background, or closed it and works on. */
const POLL_MS = 1_000;
const DRAIN_MS = 200;
/** A connection that broke means a lost command only when the engine still counts it as running for so many looks. */
const LOOKS_AFTER_ERROR = 8;

/** Three calls of the engine's API: create, start on a hijacked connection, and inspect for the exit code. */
export async function startEngineExec(container: Docker.Container, options: EngineExecOptions): Promise<EngineExec> {
  const deadline = { what: "starting a command", timeoutMs: ENGINE_TIMEOUT_MS };
  const exec = await withDeadline(deadline, (abortSignal) =>
    container.exec({
      Cmd: [...options.argv],
      Env: Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`),
      AttachStdin: options.stdin !== undefined,
      AttachStdout: true,
      AttachStderr: true,
      abortSignal,
    }),
  );
  const socket = (await withDeadline(deadline, (abortSignal) =>
    exec.start({ hijack: true, stdin: false, abortSignal }),
  )) as Socket;
  // A command may exit without reading its input; what matters of that arrives through the output and the exit code.
  socket.on("error", () => {});
  if (options.stdin !== undefined) socket.end(options.stdin);

  const released = new AbortController();
  let ended = false;
  const reading = demultiplex(socket, options.onBytes).finally(() => {
    ended = true;
  });
  const exit = exitCode(exec, reading, released.signal);
  // Whoever released it no longer asks.
  exit.catch(() => {});
  return {
    get ended() {
      return ended;
    },
    exit,
    release() {
      released.abort();
      socket.destroy();
    },
  };
}

async function exitCode(exec: Docker.Exec, reading: Promise<void>, signal: AbortSignal): Promise<number> {
  const outcome = reading.then(
    () => "ended" as const,
    (error: unknown) => ({ error }),
  );
  for (let look = 0; ; look++) {
    const read = await Promise.race([outcome, delay(POLL_MS, "open" as const, { signal })]);
    const state = await withDeadline(
      { what: "asking for an exit code", timeoutMs: ENGINE_TIMEOUT_MS, signal },
      (abortSignal) => exec.inspect({ abortSignal }),
    );
    if (!state.Running && state.ExitCode !== null) {
      if (read === "open") await Promise.race([outcome, delay(DRAIN_MS, undefined, { signal })]);
      return state.ExitCode;
    }
    if (typeof read === "object" && look >= LOOKS_AFTER_ERROR) throw read.error;
    if (read !== "open") await delay(Math.min(look * 20, POLL_MS), undefined, { signal });
  }
}
