import fc from "fast-check";
import { expect, test } from "vitest";
import { demultiplex } from "./demultiplex.ts";

const frames = fc.array(fc.record({ type: fc.constantFrom(0, 1, 2), payload: fc.uint8Array({ maxLength: 40 }) }));

function encode(type: number, payload: Uint8Array): Buffer {
  const header = Buffer.from([type, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let offset = 0, index = 0; offset < bytes.length; index++) {
    const end = offset + (sizes[index % sizes.length] ?? 1);
    yield bytes.subarray(offset, end);
    offset = end;
  }
}

async function collect(source: AsyncIterable<Uint8Array>) {
  const found = { stdout: [] as number[], stderr: [] as number[] };
  await demultiplex(source, (stream, bytes) => found[stream].push(...bytes));
  return found;
}

test("both streams come out whole and apart, however the bytes are cut", async () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(frames, sizes, async (given, cuts) => {
      const bytes = Buffer.concat(given.map(({ type, payload }) => encode(type, payload)));
      const of = (stderr: boolean) =>
        given.filter(({ type }) => (type === 2) === stderr).flatMap(({ payload }) => [...payload]);
      expect(await collect(cut(bytes, cuts))).toEqual({ stdout: of(false), stderr: of(true) });
    }),
  );
});

test("a stream cut off inside a frame rejects, wherever it is cut", async () => {
  const bytes = encode(1, Buffer.from("hello"));
  for (let length = 1; length < bytes.length; length++) {
    await expect(collect(cut(bytes.subarray(0, length), [length]))).rejects.toThrow(/broke off/);
  }
});

test("what is no frame header rejects", async () => {
  for (const first of [
    Buffer.from("HTTP/1.1 200 OK"),
    Buffer.from([3, 0, 0, 0, 0, 0, 0, 1, 0]),
    Buffer.from([1, 0, 9, 0, 0, 0, 0, 0]),
  ]) {
    await expect(collect(cut(first, [100]))).rejects.toThrow(/malformed/);
  }
});

test("a frame that claims four gigabytes costs no more memory than what arrived", async () => {
  const header = Buffer.from([1, 0, 0, 0, 255, 255, 255, 255]);
  await expect(collect(cut(Buffer.concat([header, Buffer.from("few")]), [5]))).rejects.toThrow(/broke off/);
});

test("60,000 frames of one byte in one chunk do not exhaust the stack", async () => {
  const bytes = Buffer.concat(Array.from({ length: 60_000 }, () => encode(1, Buffer.from("x"))));
  let count = 0;
  await demultiplex(cut(bytes, [bytes.length]), (_stream, piece) => {
    count += piece.length;
  });
  expect(count).toBe(60_000);
});
