import fc from "fast-check";
import { expect, test } from "vitest";
import { type Frame, parseFrame } from "./frames.ts";
import { MAX_ID_LENGTH } from "./limits.ts";

const name = fc.string({ minLength: 1, maxLength: MAX_ID_LENGTH });
const count = fc.nat();
const json = fc.jsonValue();
const optional = { requiredKeys: [] as [] };

const request = fc.record(
  {
    type: fc.constant("req" as const),
    id: name,
    method: name,
    params: json,
    traceparent: name,
    expectedProfileId: name,
  },
  { requiredKeys: ["type", "id", "method"] },
);
const success = fc.record(
  { type: fc.constant("res" as const), id: name, ok: fc.constant(true as const), payload: json },
  { requiredKeys: ["type", "id", "ok"] },
);
const details = fc.dictionary(
  fc.string().filter((key) => key !== "__proto__"),
  json,
);
const failure = fc.record({
  type: fc.constant("res" as const),
  id: name,
  ok: fc.constant(false as const),
  error: fc
    .tuple(
      fc.record({ code: fc.string(), message: fc.string() }),
      fc.record({ details, retryable: fc.boolean(), retryAfterMs: count }, optional),
    )
    .map(([required, rest]) => ({ ...required, ...rest })),
});
const event = fc.record(
  {
    type: fc.constant("event" as const),
    event: name,
    payload: json,
    seq: count,
    stateVersion: fc.record({ presence: count, health: count }),
  },
  { requiredKeys: ["type", "event"] },
);

test("a frame survives the wire", () => {
  fc.assert(
    fc.property(fc.oneof(request, success, failure, event), (frame: Frame) => {
      const text = JSON.stringify(frame);
      expect(parseFrame(text)).toEqual({ ok: true, value: JSON.parse(text) });
    }),
  );
});

test("rubbish is refused with a sentence and never throws", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.object().map((value) => JSON.stringify(value)),
      ),
      (text) => {
        const parsed = parseFrame(text);
        if (!parsed.ok) expect(parsed.message).toMatch(/^invalid frame: \S/);
      },
    ),
  );
});

test("a frame with one key damaged is refused or keeps its type", () => {
  const keys = ["type", "id", "method", "ok", "error", "event", "seq", "traceparent", "stateVersion"];
  fc.assert(
    fc.property(fc.oneof(request, success, failure, event), fc.constantFrom(...keys), json, (frame, key, value) => {
      const parsed = parseFrame(JSON.stringify({ ...frame, [key]: value }));
      if (parsed.ok && key !== "type") expect(parsed.value.type).toBe(frame.type);
    }),
  );
});

test.each([
  ["hello", "invalid frame: expected JSON"],
  ["[]", "invalid frame: expected an object"],
  ["null", "invalid frame: expected an object"],
  ['{"type":"ping"}', "invalid frame: at type: expected 'req', 'res' or 'event'"],
  ['{"type":"req","method":"health"}', "invalid frame: at id: expected a string of 1 to 128 characters"],
  ['{"type":"req","id":"1","method":"health","extra":1}', "invalid frame: at root: unexpected property 'extra'"],
  ['{"type":"res","id":"1"}', "invalid frame: at ok: expected a boolean"],
  ['{"type":"res","id":"1","ok":false}', "invalid frame: at error: expected an object"],
  ['{"type":"event","event":"tick","seq":-1}', "invalid frame: at seq: expected a non-negative integer"],
])("%s says what was expected", (text, message) => {
  expect(parseFrame(text)).toEqual({ ok: false, message });
});

test("keys that a newer gateway adds to an answer or an event are dropped", () => {
  expect(parseFrame('{"type":"event","event":"tick","recipientProfileId":"x"}')).toEqual({
    ok: true,
    value: { type: "event", event: "tick" },
  });
});
