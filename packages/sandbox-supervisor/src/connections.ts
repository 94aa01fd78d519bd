import { Duplex } from "node:stream";
import { type DecodedFrame, encodeFrame, u16s, u32 } from "./codec.ts";
import { creditor, windowedSender } from "./credit.ts";
import { FRAME_PAYLOAD_MAX, Frame, INPUT_WINDOW, OUTPUT_WINDOW } from "./protocol.ts";

export interface ConnectionCarrier {
  readonly handlers: Readonly<Record<number, (frame: DecodedFrame) => void>>;
  listen(port: number, onConnection: (connection: Duplex) => void): Promise<void>;
  lose(reason: Error): void;
}

interface CarriedConnection {
  readonly duplex: Duplex;
  data(bytes: Buffer): void;
  granted(bytes: number): void;
  closed(gone: boolean): void;
}

/** Connections of programs in the sandbox, as streams of this process. */
export function connectionCarrier(send: (frame: Buffer) => void): ConnectionCarrier {
  const open = new Map<number, CarriedConnection>();
  let onConnection: ((connection: Duplex) => void) | undefined;
  let listening: PromiseWithResolvers<void> | undefined;

  const connectionOf = ({ id }: DecodedFrame): CarriedConnection | undefined => {
    if (onConnection === undefined) throw new RangeError("nobody listens for connections");
    return open.get(id);
  };

  return {
    handlers: {
      [Frame.netListening]({ payload }) {
        if (listening === undefined) throw new RangeError("nobody asked to listen");
        if (payload.length === 2 && payload.readUInt16BE() > 0) listening.resolve();
        else listening.reject(new Error("the port in the sandbox can't be had"));
      },
      [Frame.netOpen](frame) {
        if (connectionOf(frame) !== undefined) throw new RangeError("two connections with one id");
        const connection = carry(frame.id, send, () => open.delete(frame.id));
        open.set(frame.id, connection);
        onConnection?.(connection.duplex);
      },
      // This side may have ended a connection for which frames are on their way.
      [Frame.netData]: (frame) => connectionOf(frame)?.data(frame.payload),
      [Frame.netGrant]: (frame) => connectionOf(frame)?.granted(frame.payload.readUInt32BE()),
      [Frame.netClosed]: (frame) => connectionOf(frame)?.closed(frame.payload[0] !== 0),
    },
    listen(port, given) {
      if (listening !== undefined) return Promise.reject(new Error("a sandbox listens on one port"));
      onConnection = given;
      listening = Promise.withResolvers();
      send(encodeFrame(Frame.netListen, 0, u16s(port)));
      return listening.promise;
    },
    lose(reason) {
      listening?.promise.catch(() => {});
      listening?.reject(reason);
      for (const { duplex } of open.values()) duplex.destroy(reason);
    },
  };
}

function carry(id: number, send: (frame: Buffer) => void, forget: () => void): CarriedConnection {
  const transmit = (type: number, payload?: Uint8Array) => send(encodeFrame(type, id, payload));
  const consumed = creditor(OUTPUT_WINDOW, (bytes) => transmit(Frame.netCredit, u32(bytes)));
  const sender = windowedSender({ window: INPUT_WINDOW, maxBytes: FRAME_PAYLOAD_MAX }, (bytes) =>
    transmit(Frame.netSend, bytes),
  );
  let gone = false;
  let buffered = 0;
  const duplex = new Duplex({
    allowHalfOpen: true,
    read() {
      consumed(buffered);
      buffered = 0;
    },
    write(chunk: Buffer, _encoding, done) {
      sender.send(chunk).then(() => done(), done);
    },
    final(done) {
      transmit(Frame.netEnd);
      done();
    },
    destroy(error, done) {
      // After a proper end there is nothing to reset, and what was sent may still be on its way to the program.
      if (!gone && !(duplex.writableFinished && duplex.readableEnded)) transmit(Frame.netReset);
      gone = true;
      sender.stop();
      forget();
      done(error);
    },
  });
  return {
    duplex,
    data(bytes) {
      // The frame's bytes lie in a chunk that is read over.
      if (duplex.push(Buffer.from(bytes))) consumed(bytes.length);
      else buffered += bytes.length;
    },
    granted: (bytes) => sender.granted(bytes),
    closed(entirely) {
      if (!entirely) {
        duplex.push(null);
        return;
      }
      gone = true;
      duplex.destroy(new Error("the connection in the sandbox was reset"));
    },
  };
}
