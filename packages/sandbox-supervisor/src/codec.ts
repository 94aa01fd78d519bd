import { FRAME_HEADER, FRAME_PAYLOAD_MAX } from "./protocol.ts";

export interface DecodedFrame {
  readonly type: number;
  readonly id: number;
  /** Valid during the call alone: it may lie in the caller's chunk. */
  readonly payload: Buffer;
}

const NOTHING = Buffer.alloc(0);

/** Throws for a payload above the cap. */
export function encodeFrame(type: number, id: number, payload: Uint8Array = NOTHING): Buffer {
  if (payload.length > FRAME_PAYLOAD_MAX) throw new RangeError(`a frame of ${payload.length} bytes is above the cap`);
  const frame = Buffer.allocUnsafe(FRAME_HEADER + payload.length);
  frame.writeUInt32BE(payload.length, 0);
  frame.writeUInt8(type, 4);
  frame.writeUInt32BE(id, 5);
  frame.set(payload, FRAME_HEADER);
  return frame;
}

export const u32 = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

export const u16s = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.allocUnsafe(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, index * 2);
  return bytes;
};

/**
 * Takes a stream in chunks of any size and hands on whole frames. Keeps at most one unfinished frame, and throws at the
 * header of one above the cap.
 */
export function frameDecoder(onFrame: (frame: DecodedFrame) => void): (chunk: Uint8Array) => void {
  const header = Buffer.alloc(FRAME_HEADER);
  let headerFill = 0;
  let payload = NOTHING;
  let payloadFill = 0;

  const finish = (whole: Buffer) => {
    headerFill = 0;
    payload = NOTHING;
    payloadFill = 0;
    onFrame({ type: header.readUInt8(4), id: header.readUInt32BE(5), payload: whole });
  };

  return (chunk) => {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    for (let at = 0; at < bytes.length; ) {
      if (headerFill < FRAME_HEADER) {
        const taken = bytes.copy(header, headerFill, at, at + FRAME_HEADER - headerFill);
        headerFill += taken;
        at += taken;
        if (headerFill < FRAME_HEADER) return;
        const length = header.readUInt32BE(0);
        if (length > FRAME_PAYLOAD_MAX) throw new RangeError(`a frame of ${length} bytes is above the cap`);
        if (bytes.length - at >= length) {
          at += length;
          finish(bytes.subarray(at - length, at));
        } else {
          payload = Buffer.allocUnsafe(length);
        }
        continue;
      }
      const taken = bytes.copy(payload, payloadFill, at);
      payloadFill += taken;
      at += taken;
      if (payloadFill === payload.length) finish(payload);
    }
  };
}
