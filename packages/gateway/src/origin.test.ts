import { expect, test } from "vitest";
import { originProblem } from "./origin.ts";

const problem = (headers: Record<string, string>, rules = {}) => originProblem(new Headers(headers), rules);

test.each([
  "localhost:18789",
  "127.0.0.1:18789",
  "[::1]:18789",
  "LOCALHOST",
  "127.0.0.1",
  "192.168.1.5:18789",
  "[fd00::5]:18789",
])("a request to %s without an origin is served", (host) => {
  expect(problem({ host })).toBeUndefined();
});

test.each([
  "evil.example",
  "evil.example:18789",
  "localhost.evil.example",
  "127.0.0.1.evil.example",
  "",
  "[localhost]",
  "1.2.3.4.5",
])('the name "%s", as DNS rebinding would use it, is refused with the setting that allows it', (host) => {
  expect(problem({ host })).toContain("gateway.allowedHosts");
});

test.each(["https://evil.example", "null", "http://127.0.0.1:1", "http://127.0.0.1:18789.evil.example", "file://"])(
  "the page %s is refused with the setting that allows it",
  (origin) => {
    expect(problem({ host: "127.0.0.1:18789", origin })).toContain("gateway.controlUi.allowedOrigins");
  },
);

test("the gateway's own page is served, also behind a proxy that adds TLS", () => {
  for (const scheme of ["http", "https"]) {
    expect(problem({ host: "127.0.0.1:18789", origin: `${scheme}://127.0.0.1:18789` })).toBeUndefined();
  }
});

test("a host and an origin that are allowed are served", () => {
  const rules = { allowedHosts: ["claw.example"], allowedOrigins: ["https://app.example"] };
  expect(problem({ host: "claw.example:8443" }, rules)).toBeUndefined();
  expect(problem({ host: "claw.example", origin: "https://app.example" }, rules)).toBeUndefined();
  expect(problem({ host: "claw.example", origin: "https://app.example.evil" }, rules)).toBeDefined();
});
