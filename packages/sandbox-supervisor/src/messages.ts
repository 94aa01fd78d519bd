import type { SandboxResource, TerminalSize } from "@claw/core";
import { encodeFrame } from "./codec.ts";
import { EXEC_MAX, FRAME_PAYLOAD_MAX, Frame } from "./protocol.ts";

/** Linux's numbers, whatever this process runs on. */
export const SignalNumber = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGUSR2: 12,
  SIGTERM: 15,
  SIGCONT: 18,
  SIGSTOP: 19,
} as const;

export interface ExecRequest {
  /** The program's absolute path, then what it gets. */
  readonly argv: readonly [string, ...string[]];
  /** Absolute. */
  readonly cwd: string;
  /** All of it: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** After it the whole process tree is ended. Default: none. */
  readonly timeoutMs?: number;
  /** Gives it a terminal instead of pipes; its stderr then comes as stdout. */
  readonly terminal?: TerminalSize;
}

export interface CommandExit {
  /** As a shell counts: 128 + signal for a killed command. */
  readonly exitCode: number;
  readonly signal?: number;
  /** The system refused to start it; stderr says why. */
  readonly notStarted: boolean;
  readonly timedOut: boolean;
  /** Everything in the sandbox was ended, and this command with it. */
  readonly swept: boolean;
  /** What the sandbox had none left of while the command ran, as the kernel counted. */
  readonly exhausted: readonly SandboxResource[];
  /** Microseconds from its start to the end of its first process. */
  readonly durationUs: number;
}

export interface ListedCommand {
  readonly id: number;
  /** `left-behind`: it has ended, but processes it started go on. */
  readonly state: "running" | "left-behind";
  readonly ageUs: number;
}

/** The longest deadline. */
const MAX_TIMEOUT_MS = 2 ** 32 - 1;
const FIXED_BYTES = 13;
const MAX_STRINGS = 8_192;

/** What keeps a request from being sent; `undefined` when nothing does. */
export function unsendable({ argv, cwd, env }: ExecRequest): string | undefined {
  const strings = [...argv, cwd, ...Object.entries(env).flat()];
  if (strings.some((string) => string.includes("\0")))
    return "the command, its directory or a variable holds a NUL byte";
  if (Object.keys(env).some((name) => name === "" || name.includes("="))) return "a variable has no proper name";
  if (strings.length > MAX_STRINGS) return `it has more than ${MAX_STRINGS} arguments and variables`;
  const length = strings.reduce((sum, string) => sum + Buffer.byteLength(string) + 1, FIXED_BYTES);
  return length > EXEC_MAX ? `the command is ${length} bytes long and ${EXEC_MAX} are possible` : undefined;
}

export function encodeExec(id: number, request: ExecRequest): Buffer {
  const { argv, cwd, env, timeoutMs, terminal } = request;
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const fixed = Buffer.alloc(FIXED_BYTES);
  fixed.writeUInt8(terminal === undefined ? 0 : 1, 0);
  fixed.writeUInt16BE(terminal?.rows ?? 0, 1);
  fixed.writeUInt16BE(terminal?.columns ?? 0, 3);
  fixed.writeUInt32BE(timeoutMs === undefined ? 0 : Math.min(Math.max(Math.ceil(timeoutMs), 1), MAX_TIMEOUT_MS), 5);
  fixed.writeUInt16BE(argv.length, 9);
  fixed.writeUInt16BE(variables.length, 11);
  const strings = Buffer.from([...argv, ...variables, cwd].map((string) => `${string}\0`).join(""));
  const payload = Buffer.concat([fixed, strings]);
  const frames = [];
  let at = 0;
  for (; payload.length - at > FRAME_PAYLOAD_MAX; at += FRAME_PAYLOAD_MAX) {
    frames.push(encodeFrame(Frame.execPart, id, payload.subarray(at, at + FRAME_PAYLOAD_MAX)));
  }
  frames.push(encodeFrame(Frame.exec, id, payload.subarray(at)));
  return Buffer.concat(frames);
}

/** Throws for what is no exit. */
export function decodeExit(payload: Buffer): CommandExit {
  const [kind = -1, value = 0, flags = 0] = payload;
  if (payload.length !== 11 || kind > 2) throw new RangeError("an exit is malformed");
  return {
    exitCode: kind === 0 ? value : kind === 1 ? 128 + value : 126,
    ...(kind === 1 ? { signal: value } : {}),
    notStarted: kind === 2,
    timedOut: (flags & 1) !== 0,
    swept: (flags & 2) !== 0,
    exhausted: [
      ...((flags & 4) === 0 ? [] : (["memory"] as const)),
      ...((flags & 8) === 0 ? [] : (["processes"] as const)),
    ],
    durationUs: Number(payload.readBigUInt64BE(3)),
  };
}

const LISTED_BYTES = 13;

export function decodeListed(payload: Buffer): readonly ListedCommand[] {
  if (payload.length % LISTED_BYTES !== 0) throw new RangeError("a list of commands is malformed");
  return Array.from({ length: payload.length / LISTED_BYTES }, (_, index) => ({
    id: payload.readUInt32BE(index * LISTED_BYTES),
    state: payload[index * LISTED_BYTES + 4] === 0 ? ("running" as const) : ("left-behind" as const),
    ageUs: Number(payload.readBigUInt64BE(index * LISTED_BYTES + 5)),
  }));
}
