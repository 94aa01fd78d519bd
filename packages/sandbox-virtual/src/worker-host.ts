import { ClawError } from "@claw/core";
import type { WorkerSettings } from "./messages.ts";
import { throwAborted, type WorkerSession, workerSession } from "./worker-session.ts";

/** Keeps one worker warm while there is work, and starts another after one had to be ended. */
export interface WorkerHost extends AsyncDisposable {
  /**
   * Rejects with `SANDBOX_ABORTED` once `signal` fired and the work has ended, and with `SANDBOX_LOST` when the worker
   * was ended under it.
   */
  readonly call: WorkerSession["call"];
}

export interface WorkerHostOptions {
  readonly settings: WorkerSettings;
  readonly memoryMb: number;
  /** A worker without work is ended after this long. */
  readonly idleMs: number;
}

export function workerHost({ settings, memoryMb, idleMs }: WorkerHostOptions): WorkerHost {
  let session: WorkerSession | undefined;
  let idle: NodeJS.Timeout | undefined;
  let disposed = false;

  const start = (): WorkerSession => {
    const started = workerSession({
      settings,
      memoryMb,
      onEnd() {
        if (session === started) session = undefined;
      },
      onIdle() {
        clearTimeout(idle);
        idle = setTimeout(() => {
          if (!started.busy) void started.end("the sandbox was idle");
        }, idleMs).unref();
      },
    });
    return started;
  };

  return {
    async call(operation, input, signal) {
      if (disposed) throw new ClawError("SANDBOX_LOST", "the sandbox was disposed; acquire another");
      if (signal?.aborted) throwAborted();
      session ??= start();
      return session.call(operation, input, signal);
    },
    async [Symbol.asyncDispose]() {
      disposed = true;
      clearTimeout(idle);
      await session?.end("the sandbox was disposed under the command");
    },
  };
}
