import { ClawError, type Sandbox, type SandboxProcess, type StartOptions, type ToolContext } from "@claw/core";
import { type OutputLog, outputLog } from "./output-log.ts";

/** How a process ended; `lost` says why its end is unknown. */
type Ending = { readonly exitCode: number; readonly timedOut: boolean } | { readonly lost: string };

/** A command that was started, as its session knows it. */
export interface StartedProcess extends Omit<SandboxProcess, "exit"> {
  readonly id: string;
  readonly command: string;
  readonly log: OutputLog;
  readonly ending: Ending | undefined;
  readonly endedAtMs: number | undefined;
  readonly durationMs: number;
  /** Never rejects. */
  readonly ended: Promise<Ending>;
  /** How much of the log its model has read. */
  read: number;
  /** Its model knows of its end. */
  told: boolean;
}

export interface Processes {
  /** `undefined` when too many run already. */
  start(site: ProcessSite, command: string, options: Omit<StartOptions, "onOutput">): StartedProcess | undefined;
  of(session: string): readonly StartedProcess[];
  find(session: string, id: string): StartedProcess | undefined;
  /** Forgets one that has ended. */
  forget(session: string, id: string): void;
}

interface ProcessSite {
  readonly session: string;
  /** Of a sandbox that starts processes. */
  readonly start: NonNullable<Sandbox["start"]>;
  readonly progress: ToolContext["progress"];
}

/** Of one session, with those that have ended and were not looked at. */
const MAX_PROCESSES = 16;
const MAX_LOG_CHARS = 256 * 1024;
const FORGET_AFTER_MS = 30 * 60_000;

/** The commands that go on after their calls, by session. They end with their sandbox. */
export function createProcesses(): Processes {
  const sessions = new Map<string, Map<string, StartedProcess>>();
  let started = 0;

  const forget = (session: string, id: string): void => {
    const known = sessions.get(session);
    if (known?.get(id)?.ending === undefined) return;
    known.delete(id);
    if (known.size === 0) sessions.delete(session);
  };

  function forgetOld(): void {
    const beforeMs = performance.now() - FORGET_AFTER_MS;
    for (const [session, known] of sessions) {
      for (const { id, endedAtMs } of known.values()) if ((endedAtMs ?? beforeMs) < beforeMs) forget(session, id);
    }
  }

  function makeRoom(session: string): boolean {
    const known = [...(sessions.get(session)?.values() ?? [])];
    if (known.length < MAX_PROCESSES) return true;
    const oldest = known.find(({ ending }) => ending !== undefined);
    if (oldest !== undefined) forget(session, oldest.id);
    return oldest !== undefined;
  }

  return {
    start({ session, start, progress }, command, options) {
      forgetOld();
      if (!makeRoom(session)) return undefined;
      const log = outputLog(MAX_LOG_CHARS);
      const beganMs = performance.now();
      let ending: Ending | undefined;
      let endedAtMs: number | undefined;
      const { exit, ...handle } = start(command, {
        ...options,
        onOutput(chunk) {
          log.append(chunk.text);
          progress(chunk);
        },
      });
      const ended = exit.catch(lostEnding).then((how): Ending => {
        endedAtMs = performance.now();
        ending = how;
        return how;
      });
      const process: StartedProcess = {
        ...handle,
        id: `p${++started}`,
        command,
        log,
        ended,
        get ending() {
          return ending;
        },
        get endedAtMs() {
          return endedAtMs;
        },
        get durationMs() {
          return Math.round((endedAtMs ?? performance.now()) - beganMs);
        },
        read: 0,
        told: false,
      };
      const known = sessions.get(session) ?? new Map<string, StartedProcess>();
      sessions.set(session, known.set(process.id, process));
      return process;
    },
    of: (session) => [...(sessions.get(session)?.values() ?? [])],
    find: (session, id) => sessions.get(session)?.get(id),
    forget,
  };
}

function lostEnding(error: unknown): Ending {
  if (ClawError.is(error)) return { lost: error.message };
  return { lost: error instanceof Error ? error.message : String(error) };
}

/** How it stands with a process, in words. */
export function stateOf({ ending, durationMs }: Pick<StartedProcess, "ending" | "durationMs">): string {
  const seconds = `${(durationMs / 1_000).toFixed(1)} s`;
  if (ending === undefined) return `running for ${seconds}`;
  if ("lost" in ending) return `lost after ${seconds}: ${ending.lost}`;
  return `${ending.timedOut ? "ran out of time" : `ended with exit code ${ending.exitCode}`} after ${seconds}`;
}
