import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { list, readFile, WorkerFailure, writeFile } from "./files.ts";
import { createInterpreter } from "./interpreter.ts";
import type { FromWorker, Operations, ToWorker, WorkerSettings } from "./messages.ts";

// Only types may come from other packages of ours: this file runs outside of the bundler's and the tests' resolution.

type Interpreter = ReturnType<typeof createInterpreter>;

/** The interpreter's word for a command that was not registered; its advice is for another reader. */
const FOREIGN_ADVICE = /command not available in browser environments\. Exclude '.*/g;

async function run(
  bash: Interpreter,
  { command, cwd, env, stdin }: Operations["run"]["input"],
  signal: AbortSignal,
): Promise<Operations["run"]["output"]> {
  const directory = await bash.fs.stat(cwd).catch(() => undefined);
  if (!directory?.isDirectory) {
    return { exitCode: 1, stdout: "", stderr: `bash: cd: ${cwd}: No such directory\n` };
  }
  try {
    const { exitCode, stdout, stderr } = await bash.exec(command, {
      cwd,
      env: { ...env },
      stdin: Buffer.from(stdin).toString("latin1"),
      stdinKind: "bytes",
      rawScript: true,
      signal,
    });
    return { exitCode, stdout, stderr: stderr.replaceAll(FOREIGN_ADVICE, "command not found") };
  } catch (error) {
    // What the file system refuses under a redirection ends the script.
    return { exitCode: 1, stdout: "", stderr: `bash: ${error instanceof Error ? error.message : String(error)}\n` };
  }
}

async function answer(
  bash: Interpreter,
  message: Exclude<ToWorker, { operation: "abort" }>,
  signal: AbortSignal,
): Promise<FromWorker> {
  const { id, operation, input } = message;
  try {
    switch (operation) {
      case "run":
        return { id, output: await run(bash, input as Operations["run"]["input"], signal) };
      case "read":
        return { id, output: await readFile(bash.fs, input as Operations["read"]["input"]) };
      case "write":
        return { id, output: await writeFile(bash.fs, input as Operations["write"]["input"]) };
      case "list":
        return { id, output: await list(bash.fs, input as Operations["list"]["input"]) };
    }
  } catch (error) {
    const code = error instanceof WorkerFailure ? error.code : "SANDBOX_LOST";
    return { id, error: { code, message: error instanceof Error ? error.message : String(error) } };
  }
}

function serve(port: MessagePort): void {
  const bash = createInterpreter(workerData as WorkerSettings);
  const running = new Map<number, AbortController>();
  port.on("message", (message: ToWorker) => {
    const { id } = message;
    if (message.operation === "abort") return running.get(id)?.abort();
    const controller = new AbortController();
    running.set(id, controller);
    void answer(bash, message, controller.signal).then((reply) => {
      running.delete(id);
      port.postMessage(reply);
    });
  });
}

// Imported anywhere but in a worker it does nothing: a bundler may look at it to emit it as a file of its own.
if (parentPort !== null) serve(parentPort);
