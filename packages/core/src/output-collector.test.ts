import fc from "fast-check";
import { expect, test } from "vitest";
import { outputCollector } from "./output-collector.ts";

function collect(chunks: readonly Uint8Array[], maxBytes: number) {
  const streamed: string[] = [];
  const collector = outputCollector({ maxBytes, onText: (text) => streamed.push(text) });
  for (const chunk of chunks) collector.write(chunk);
  return { ...collector.end(), streamed: streamed.join("") };
}

/** Cuts `bytes` at the given places, wherever a character may lie. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
}

test("output within the cap is kept as it is, however it is cut", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.array(fc.nat()), (text, places) => {
      const bytes = Buffer.from(text);
      const result = collect(cut(bytes, places), bytes.length);
      expect(result).toEqual({ text: bytes.toString(), truncated: false, streamed: bytes.toString() });
    }),
  );
});

test("output beyond the cap keeps a head and a tail of whole characters and counts the rest", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1 }), fc.array(fc.nat()), fc.nat(), (text, places, size) => {
      const bytes = Buffer.from(text);
      const maxBytes = size % bytes.length;
      const result = collect(cut(bytes, places), maxBytes);
      const match = /^(.*)\n\[… (\d+) bytes dropped …\]\n(.*)$/su.exec(result.text);
      const [, head = "?", dropped, tail = "?"] = match ?? [];
      expect(result.truncated).toBe(true);
      expect(result.streamed).toBe(text);
      expect(text.startsWith(head) && text.endsWith(tail)).toBe(true);
      expect(Buffer.byteLength(head) + Buffer.byteLength(tail)).toBeLessThanOrEqual(maxBytes);
      expect(Buffer.byteLength(head) + Buffer.byteLength(tail) + Number(dropped)).toBe(bytes.length);
    }),
  );
});

test("the collector does not keep the caller's buffer", () => {
  const collector = outputCollector();
  const buffer = Buffer.from("one");
  collector.write(buffer);
  buffer.write("two");
  expect(collector.end().text).toBe("one");
});

test("bytes that are no UTF-8 become replacement characters", () => {
  expect(collect([Uint8Array.of(0x61, 0xff), Uint8Array.of(0xe2, 0x82)], 10)).toEqual({
    text: "a\uFFFD\uFFFD",
    truncated: false,
    streamed: "a\uFFFD\uFFFD",
  });
});
