import fc from "fast-check";
import { expect, test } from "vitest";
import { createRedactor, REDACTED } from "./redact.ts";

const { redact, learn } = createRedactor();
learn(["the-gateway-token", 'with"quote', "abc"]);

test.each([
  ["Authorization: Bearer abcdef123456", `Authorization: Bearer ${REDACTED}`],
  [`key sk-${"a1".repeat(10)} failed`, `key ${REDACTED} failed`],
  ["xoxb-12345678901-abcdef", REDACTED],
  ["ghp_abcdefghijklmnopqrst", REDACTED],
  ["AKIAABCDEFGHIJKLMNOP", REDACTED],
  ["eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl", REDACTED],
  ["postgres://claw:hunter22@db/claw", `postgres://claw:${REDACTED}@db/claw`],
  ['{"apiKey":"abcdef123"}', `{"apiKey":"${REDACTED}"}`],
  ["password=correct-horse next", `password=${REDACTED} next`],
  ["-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----", REDACTED],
])("%s is cleaned", (text, clean) => {
  expect(redact(text)).toBe(clean);
});

test("a secret of this gateway goes wherever it stands, in JSON as well", () => {
  expect(redact("asked with the-gateway-token!")).toBe(`asked with ${REDACTED}!`);
  expect(redact(JSON.stringify({ text: 'with"quote' }))).not.toContain("quote");
});

test("a secret that is learned later goes too, and the ones before it still do", () => {
  const redactor = createRedactor();
  redactor.learn(["first-secret"]);
  redactor.learn(["first-secret-and-more"]);
  expect(redactor.redact("first-secret first-secret-and-more")).toBe(`${REDACTED} ${REDACTED}`);
});

test("of secrets without end the newest are remembered", () => {
  const redactor = createRedactor();
  for (let count = 0; count < 2_000; count++) redactor.learn([`secret<${count}>`]);
  expect(redactor.redact("secret<0> secret<1999>")).toBe(`secret<0> ${REDACTED}`);
});

test("what is no secret stays", () => {
  for (const text of ["a run is late", "inputTokens: 12", "abc", "skill", "agent:main:telegram:direct:42"]) {
    expect(redact(text)).toBe(text);
  }
});

test("no known secret gets through, whatever surrounds it, and a line of JSON stays one", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 6 }), fc.string(), fc.string(), (secret, before, after) => {
      fc.pre(!REDACTED.includes(secret) && secret.trim().length > 5);
      const redactor = createRedactor();
      redactor.learn([secret]);
      const clean = redactor.redact(before + secret + after);
      expect(clean.split(REDACTED).some((part) => part.includes(secret))).toBe(false);
    }),
  );
});
