import type { SandboxProcess, StartOptions } from "@claw/core";
import type { Supervisor } from "./client.ts";
import type { CommandExit } from "./messages.ts";
import { type ExecRequest, SignalNumber, unsendable } from "./messages.ts";
import { lost } from "./run-command.ts";

export interface StartProcessOptions extends ExecRequest, Pick<StartOptions, "onOutput"> {}

/** Starts a command as `Sandbox.start` promises. One whose listener throws is ended. */
export function startProcess(supervisor: Supervisor, { onOutput, ...request }: StartProcessOptions): SandboxProcess {
  const problem = unsendable(request);
  if (problem !== undefined) return neverStarted(problem, onOutput);
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  const say = (stream: "stdout" | "stderr", text: string) => {
    try {
      if (text !== "") onOutput({ stream, text });
    } catch {
      command.kill(SignalNumber.SIGKILL);
    }
  };
  const command = supervisor.exec(request, (stream, bytes) =>
    say(stream, decoders[stream].decode(bytes, { stream: true })),
  );
  const exit = command.exit.then(
    (how) => {
      for (const stream of ["stdout", "stderr"] as const) say(stream, decoders[stream].decode());
      return endOf(how);
    },
    (error: unknown) => Promise.reject(lost(error)),
  );
  // Nobody has to wait for it.
  exit.catch(() => {});
  return {
    exit,
    write: (input) => command.write(Buffer.from(input)),
    endInput: () => command.end(),
    signal: (name) => command.kill(SignalNumber[name]),
    resize: (size) => command.resize(size),
  };
}

function endOf({ exitCode, timedOut, swept }: CommandExit): { readonly exitCode: number; readonly timedOut: boolean } {
  if (timedOut) return { exitCode: 124, timedOut };
  if (swept) throw lost(new Error("everything in it was ended, because something could not be ended alone"));
  return { exitCode, timedOut };
}

function neverStarted(problem: string, onOutput: StartOptions["onOutput"]): SandboxProcess {
  onOutput({ stream: "stderr", text: `claw: ${problem}\n` });
  return {
    exit: Promise.resolve({ exitCode: 126, timedOut: false }),
    write: () => Promise.resolve(),
    endInput() {},
    signal() {},
    resize() {},
  };
}
