import fc from "fast-check";
import { expect, test } from "vitest";
import { exceedsBytes } from "./limits.ts";

test("a size is judged as the encoded bytes would be", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.nat({ max: 60 }), (text, maxBytes) => {
      expect(exceedsBytes(text, maxBytes)).toBe(new TextEncoder().encode(text).byteLength > maxBytes);
    }),
  );
});
