import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeFrame, frameDecoder } from "./codec.ts";
import { FRAME_HEADER, FRAME_PAYLOAD_MAX } from "./protocol.ts";

const frames = fc.array(
  fc.record({
    type: fc.integer({ min: 0, max: 255 }),
    id: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    payload: fc.uint8Array({ maxLength: 60 }),
  }),
);
const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });

function* pieces(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, index = 0; at < bytes.length; index++) {
    const end = at + (sizes[index % sizes.length] ?? 1);
    yield bytes.slice(at, end);
    at = end;
  }
}

function decoded(bytes: Uint8Array, sizes: readonly number[]) {
  const found: { type: number; id: number; payload: Uint8Array }[] = [];
  const decode = frameDecoder(({ type, id, payload }) => found.push({ type, id, payload: Uint8Array.from(payload) }));
  for (const piece of pieces(bytes, sizes)) decode(piece);
  return found;
}

test("frames come out as they went in, however the stream is cut", () => {
  fc.assert(
    fc.property(frames, cuts, (given, sizes) => {
      const bytes = Buffer.concat(given.map(({ type, id, payload }) => encodeFrame(type, id, payload)));
      expect(decoded(bytes, sizes)).toEqual(given);
    }),
  );
});

test("rubbish is frames or a refusal, the same in whatever pieces it comes", () => {
  const outcome = (bytes: Uint8Array, sizes: readonly number[]) => {
    try {
      return decoded(bytes, sizes);
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
      return "refused";
    }
  };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), cuts, (bytes, sizes) => {
      expect(outcome(bytes, sizes)).toEqual(outcome(bytes, [bytes.length || 1]));
    }),
  );
});

test("a frame above the cap is refused at its header, and none is ever made", () => {
  const header = Buffer.alloc(FRAME_HEADER);
  header.writeUInt32BE(FRAME_PAYLOAD_MAX + 1);
  expect(() => decoded(header, [FRAME_HEADER])).toThrow(/above the cap/);
  expect(() => encodeFrame(1, 1, new Uint8Array(FRAME_PAYLOAD_MAX + 1))).toThrow(/above the cap/);
  expect(decoded(encodeFrame(1, 1, new Uint8Array(FRAME_PAYLOAD_MAX)), [1_000])[0]?.payload.length).toBe(
    FRAME_PAYLOAD_MAX,
  );
});

test("60,000 frames in one chunk do not exhaust the stack", () => {
  const bytes = Buffer.concat(Array.from({ length: 60_000 }, () => encodeFrame(1, 1, Buffer.from("x"))));
  expect(decoded(bytes, [bytes.length])).toHaveLength(60_000);
});
