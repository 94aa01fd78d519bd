import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** What a process of the benchmark can be asked. */
export type Procedures = Readonly<Record<string, (input: never) => unknown>>;

export interface Remote<Offered extends Procedures> extends AsyncDisposable {
  readonly process: ChildProcess;
  call<Name extends keyof Offered & string>(
    name: Name,
    ...input: Parameters<Offered[Name]>
  ): Promise<Awaited<ReturnType<Offered[Name]>>>;
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** Runs a file of `processes/` in a process of its own, so that its CPU time is not the gateway's or the driver's. */
export function startRemote<Offered extends Procedures>(file: string): Remote<Offered> {
  const child = fork(fileURLToPath(new URL(`../processes/${file}`, import.meta.url)), { serialization: "advanced" });
  const open = new Map<number, PromiseWithResolvers<never>>();
  let lastId = 0;
  child.on("message", ({ id, result, error }: Answer) => {
    if (error === undefined) open.get(id)?.resolve(result as never);
    else open.get(id)?.reject(new Error(`${file}: ${error}`));
    open.delete(id);
  });
  child.once("exit", (code, signal) => {
    for (const { reject } of open.values()) reject(new Error(`${file} ended (${code ?? signal})`));
  });
  return {
    process: child,
    call(name, input?) {
      const answer = Promise.withResolvers<never>();
      lastId += 1;
      open.set(lastId, answer);
      child.send({ id: lastId, name, input });
      return answer.promise;
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill();
      await gone;
    },
  };
}

/** The other end of {@link startRemote}. */
export function serveProcedures(procedures: Procedures): void {
  process.on("message", async ({ id, name, input }: { id: number; name: string; input: never }) => {
    try {
      process.send?.({ id, result: await procedures[name]?.(input) });
    } catch (error) {
      process.send?.({ id, error: String(error) });
    }
  });
  process.once("disconnect", () => process.exit());
}
