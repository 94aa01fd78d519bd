import type { OutputChunk, TerminalSize } from "@claw/core";
import { encodeFrame, u16s, u32 } from "./codec.ts";
import { creditor, windowedSender } from "./credit.ts";
import type { CommandExit } from "./messages.ts";
import { FRAME_PAYLOAD_MAX, Frame, INPUT_WINDOW, OUTPUT_WINDOW } from "./protocol.ts";

/** Called as output arrives; the bytes are valid during the call alone. */
export type OnBytes = (stream: OutputChunk["stream"], bytes: Uint8Array) => void;

export interface SupervisedCommand {
  readonly id: number;
  /** Rejects when the sandbox went away: whether the command took effect is then unknown. */
  readonly exit: Promise<CommandExit>;
  /** Resolves once it is on its way or the command no longer reads. */
  write(bytes: Uint8Array): Promise<void>;
  /** No more input; after what was written. */
  end(): void;
  /** Linux's number; 9 ends the whole process tree, also what left the session, and others go to the process group. */
  kill(signal: number): void;
  resize(size: TerminalSize): void;
  /** Takes its deadline away. */
  background(): void;
}

/** What the client does with a command for which a frame came. */
export interface CommandState {
  readonly command: SupervisedCommand;
  output(stream: OutputChunk["stream"], bytes: Buffer): void;
  granted(bytes: number): void;
  ended(exit: CommandExit): void;
  lost(reason: Error): void;
}

export function commandState(id: number, onBytes: OnBytes, send: (frame: Buffer) => void): CommandState {
  const { promise: exit, resolve, reject } = Promise.withResolvers<CommandExit>();
  // Who started it may have given up by the time the sandbox goes away.
  exit.catch(() => {});
  const transmit = (type: number, payload?: Uint8Array) => send(encodeFrame(type, id, payload));
  const input = windowedSender({ window: INPUT_WINDOW, maxBytes: FRAME_PAYLOAD_MAX }, (bytes) =>
    transmit(Frame.stdin, bytes),
  );
  const consumed = creditor(OUTPUT_WINDOW, (bytes) => transmit(Frame.credit, u32(bytes)));
  let live = true;
  const whileLive = (act: () => void) => {
    if (live) act();
  };
  const stop = () => {
    live = false;
    input.stop();
  };

  return {
    command: {
      id,
      exit,
      write: (bytes) => input.send(bytes),
      end() {
        input
          .send(new Uint8Array())
          .then(() => whileLive(() => transmit(Frame.stdinEof)))
          .catch(reject);
      },
      kill: (signal) => whileLive(() => transmit(Frame.signal, Uint8Array.of(signal))),
      resize: ({ rows, columns }) => whileLive(() => transmit(Frame.resize, u16s(rows, columns))),
      background: () => whileLive(() => transmit(Frame.background)),
    },
    output(stream, bytes) {
      onBytes(stream, bytes);
      consumed(bytes.length);
    },
    granted: (bytes) => input.granted(bytes),
    ended(how) {
      stop();
      resolve(how);
    },
    lost(reason) {
      stop();
      reject(reason);
    },
  };
}
