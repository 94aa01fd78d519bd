import type { Duplex } from "node:stream";
import { type DecodedFrame, encodeFrame, frameDecoder } from "./codec.ts";
import { type CommandState, commandState, type OnBytes, type SupervisedCommand } from "./command.ts";
import { connectionCarrier } from "./connections.ts";
import { startHeartbeat } from "./heartbeat.ts";
import {
  decodeExit,
  decodeListed,
  type ExecRequest,
  encodeExec,
  type ListedCommand,
  SignalNumber,
} from "./messages.ts";
import { Frame, PROTOCOL_VERSION } from "./protocol.ts";

export interface Supervisor {
  /** Starts a command. Never throws; what `unsendable` finds must not be sent. */
  exec(request: ExecRequest, onBytes: OnBytes): SupervisedCommand;
  /** The commands that run or left processes behind. */
  list(): Promise<readonly ListedCommand[]>;
  /** Ends every command that runs, and what others left behind, each with its whole process tree. */
  endAll(): Promise<void>;
  ping(): Promise<void>;
  /**
   * Listens on 127.0.0.1 inside the sandbox and hands over each connection that is made there, half-open at its end;
   * who takes it listens to its errors. Once a sandbox. Rejects when the port can't be had.
   */
  listen(port: number, onConnection: (connection: Duplex) => void): Promise<void>;
  /**
   * Settles with the reason when the stream ends, is cut, says what no supervisor says, or gives no answer for long.
   * Never rejects.
   */
  readonly lost: Promise<Error>;
}

/** The side of the stream: what it brings goes in here. */
export interface SupervisorClient {
  /** Resolves when the supervisor has announced itself; rejects when the stream is lost before. */
  readonly ready: Promise<Supervisor>;
  receive(bytes: Uint8Array): void;
  /** The stream is over, and with it all that ran. Idempotent. */
  lose(reason: Error): void;
}

export interface SupervisorClientOptions {
  /** Sends bytes to the supervisor's stdin. */
  readonly write: (bytes: Uint8Array) => void;
}

/** Speaks with a supervisor over any pair of byte streams. What comes from there is treated as hostile. */
export function supervisorClient({ write }: SupervisorClientOptions): SupervisorClient {
  const ready = Promise.withResolvers<Supervisor>();
  const lost = Promise.withResolvers<Error>();
  ready.promise.catch(() => {});
  const commands = new Map<number, CommandState>();
  const answers = { pong: answerQueue<void>(), listed: answerQueue<readonly ListedCommand[]>() };
  let lastId = 0;
  let announced = false;
  let reason: Error | undefined;
  let stopHeartbeat = () => {};

  const send = (frame: Buffer) => {
    if (reason === undefined) write(frame);
  };
  const connections = connectionCarrier(send);

  function lose(why: Error): void {
    if (reason !== undefined) return;
    reason = why;
    stopHeartbeat();
    ready.reject(why);
    for (const command of commands.values()) command.lost(why);
    commands.clear();
    for (const queue of Object.values(answers)) queue.lose(why);
    connections.lose(why);
    lost.resolve(why);
  }

  const commandOf = ({ id }: DecodedFrame): CommandState => {
    const command = commands.get(id);
    if (command === undefined) throw new RangeError(`nothing with the id ${id} runs`);
    return command;
  };

  const announce = ({ payload }: DecodedFrame) => {
    const version = payload.length === 2 ? payload.readUInt16BE() : undefined;
    if (version !== PROTOCOL_VERSION) throw new RangeError(`it speaks version ${version}, not ${PROTOCOL_VERSION}`);
    announced = true;
    stopHeartbeat = startHeartbeat(() => supervisor.ping(), lose);
    ready.resolve(supervisor);
  };

  const handlers: Readonly<Record<number, (frame: DecodedFrame) => void>> = {
    [Frame.stdout]: (frame) => commandOf(frame).output("stdout", frame.payload),
    [Frame.stderr]: (frame) => commandOf(frame).output("stderr", frame.payload),
    [Frame.exit](frame) {
      const [command, exit] = [commandOf(frame), decodeExit(frame.payload)];
      commands.delete(frame.id);
      command.ended(exit);
    },
    // It may have been on its way when the command ended.
    [Frame.stdinCredit]: ({ id, payload }) => commands.get(id)?.granted(payload.readUInt32BE()),
    [Frame.pong]: () => answers.pong.answer(),
    [Frame.listed]: ({ payload }) => answers.listed.answer(decodeListed(payload)),
    ...connections.handlers,
  };

  const decode = frameDecoder((frame) => {
    const handler = announced ? handlers[frame.type] : frame.type === Frame.ready ? announce : undefined;
    if (handler === undefined) throw new RangeError(`a frame of type ${frame.type} makes no sense here`);
    handler(frame);
  });

  const supervisor: Supervisor = {
    exec(request, onBytes) {
      // Ids come around after 4 billion commands; one that then still runs keeps its own.
      do lastId = (lastId + 1) >>> 0;
      while (commands.has(lastId));
      const state = commandState(lastId, onBytes, send);
      if (reason !== undefined) state.lost(reason);
      else commands.set(lastId, state);
      send(encodeExec(lastId, request));
      return state.command;
    },
    list: () => ask(answers.listed, Frame.list),
    async endAll() {
      for (const { id } of await supervisor.list())
        send(encodeFrame(Frame.signal, id, Uint8Array.of(SignalNumber.SIGKILL)));
    },
    ping: () => ask(answers.pong, Frame.ping),
    listen: (port, onConnection) => connections.listen(port, onConnection),
    lost: lost.promise,
  };

  function ask<T>(queue: AnswerQueue<T>, type: number): Promise<T> {
    if (reason !== undefined) return Promise.reject(reason);
    send(encodeFrame(type, 0));
    return queue.next();
  }

  return {
    ready: ready.promise,
    receive(bytes) {
      if (reason !== undefined) return;
      try {
        decode(bytes);
      } catch (error) {
        lose(new Error(`the supervisor's stream is malformed: ${error instanceof Error ? error.message : error}`));
      }
    },
    lose,
  };
}

interface AnswerQueue<T> {
  next(): Promise<T>;
  answer(value: T): void;
  lose(reason: Error): void;
}

/** Answers come in the order of the questions. */
function answerQueue<T>(): AnswerQueue<T> {
  const waiting: PromiseWithResolvers<T>[] = [];
  return {
    next() {
      const answer = Promise.withResolvers<T>();
      waiting.push(answer);
      return answer.promise;
    },
    answer(value) {
      const next = waiting.shift();
      if (next === undefined) throw new RangeError("an answer came without a question");
      next.resolve(value);
    },
    lose(reason) {
      for (const { reject } of waiting.splice(0)) reject(reason);
    },
  };
}
