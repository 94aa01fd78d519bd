import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { ClawError, type SandboxErrorCode } from "@claw/core";
import type { FromWorker, Operation, Operations, ToWorker, WorkerSettings } from "./messages.ts";

/** How long an aborted command may take to end by itself before its worker is ended. */
const GRACE_MS = 100;

/** One worker from its start to its end. */
export interface WorkerSession {
  readonly busy: boolean;
  call<Name extends Operation>(
    operation: Name,
    input: Operations[Name]["input"],
    signal?: AbortSignal,
  ): Promise<Operations[Name]["output"]>;
  /** Ends the worker; what is pending rejects with `SANDBOX_LOST` and the reason. */
  end(reason: string): Promise<void>;
}

export interface WorkerSessionOptions {
  readonly settings: WorkerSettings;
  readonly memoryMb: number;
  /** Called once, as soon as no call may be made any more. */
  readonly onEnd: () => void;
  /** Called when the last pending call is settled. */
  readonly onIdle: () => void;
}

interface Pending {
  readonly resolve: (output: Operations[Operation]["output"]) => void;
  readonly reject: (error: ClawError<SandboxErrorCode>) => void;
}

export function workerSession({ settings, memoryMb, onEnd, onIdle }: WorkerSessionOptions): WorkerSession {
  const pending = new Map<number, Pending>();
  let lastId = 0;
  let reason = "the sandbox's worker ended";
  const worker = new Worker(new URL(`./worker${extname(import.meta.url)}`, import.meta.url), {
    name: "claw-sandbox",
    workerData: settings,
    env: {},
    execArgv: [],
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: 16 },
  });

  const settle = (id: number): Pending | undefined => {
    const found = pending.get(id);
    pending.delete(id);
    if (pending.size === 0) {
      worker.unref();
      onIdle();
    }
    return found;
  };

  worker.on("message", (reply: FromWorker) => {
    const waiting = settle(reply.id);
    if ("error" in reply) waiting?.reject(new ClawError(reply.error.code, reply.error.message));
    else waiting?.resolve(reply.output);
  });
  worker.on("error", (error: NodeJS.ErrnoException) => {
    reason =
      error.code === "ERR_WORKER_OUT_OF_MEMORY"
        ? `the sandbox needed more than its ${memoryMb} MB of memory; work on less at once`
        : error.message;
  });
  worker.on("exit", () => {
    onEnd();
    for (const { reject } of pending.values()) reject(new ClawError("SANDBOX_LOST", reason));
    pending.clear();
  });

  const end = async (why: string) => {
    reason = why;
    onEnd();
    await worker.terminate();
  };

  /** Asks first, since ending the worker takes what runs beside it along. */
  const stop = (id: number) => {
    worker.postMessage({ id, operation: "abort" } satisfies ToWorker);
    return setTimeout(() => {
      void end("another command in this sandbox could only be stopped together with this one");
    }, GRACE_MS);
  };

  return {
    get busy() {
      return pending.size > 0;
    },
    end,
    async call(operation, input, signal) {
      const id = ++lastId;
      const answered = new Promise<Operations[Operation]["output"]>((resolve, reject) => {
        pending.set(id, { resolve, reject });
      });
      worker.ref();
      worker.postMessage({ id, operation, input } satisfies ToWorker);
      let grace: NodeJS.Timeout | undefined;
      const onAbort = () => {
        grace = stop(id);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      try {
        const output = await answered;
        return output as Operations[typeof operation]["output"];
      } finally {
        clearTimeout(grace);
        signal?.removeEventListener("abort", onAbort);
        // Whatever the worker said in its last moments: the caller asked for an end, and it has come.
        if (signal?.aborted) throwAborted();
      }
    },
  };
}

export function throwAborted(): never {
  throw new ClawError<SandboxErrorCode>("SANDBOX_ABORTED", "the call was aborted and nothing of it runs any more");
}
