import fc from "fast-check";
import { describe, expect, expectTypeOf, test } from "vitest";
import type { AgentAccepted, AgentFinal } from "./agent.ts";
import { missingScope, unknownMethod } from "./errors.ts";
import { connectParams } from "./handshake.ts";
import { type FinalResult, isMethod, methods, type Params, type Result } from "./methods.ts";
import { parseParams } from "./params.ts";

const names = Object.keys(methods).filter(isMethod);

describe.each(names)("%s", (name) => {
  test("takes its example, as stock clients send it", () => {
    const { params, example } = methods[name];
    expect(parseParams(name, params, example)).toEqual({ ok: true, value: example });
  });

  test("names an unknown key", () => {
    expect(parseParams(name, methods[name].params, { ...methods[name].example, foo: 1 })).toEqual({
      ok: false,
      message: `invalid ${name} params: at root: unexpected property 'foo'`,
    });
  });

  test("refuses rubbish in a short sentence and never throws", () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const parsed = parseParams(name, methods[name].params, value);
        if (!parsed.ok) expect(parsed.message.length).toBeLessThan(1_000);
      }),
      { numRuns: 30 },
    );
  });
});

test("absent params are empty params", () => {
  expect(parseParams("health", methods.health.params, undefined)).toEqual({ ok: true, value: {} });
  expect(parseParams("runs.get", methods["runs.get"].params, undefined)).toMatchObject({
    ok: false,
    message: expect.stringContaining("at runId:"),
  });
});

test("names of object members are not methods", () => {
  for (const name of ["toString", "__proto__", "constructor", ""]) expect(isMethod(name)).toBe(false);
});

test("the table types params and both answers", () => {
  expectTypeOf<Params<"runs.get">>().toEqualTypeOf<{ runId: string }>();
  expectTypeOf<Result<"agent">>().toEqualTypeOf<AgentAccepted>();
  expectTypeOf<FinalResult<"agent">>().toEqualTypeOf<AgentFinal>();
  expectTypeOf<FinalResult<"chat.send">>().toEqualTypeOf<Result<"chat.send">>();
});

test("an unknown key inside connect is named with its path", () => {
  const client = { id: "cli", version: "dev", platform: "linux", mode: "cli", color: "red" };
  expect(parseParams("connect", connectParams, { minProtocol: 3, maxProtocol: 4, client })).toEqual({
    ok: false,
    message: "invalid connect params: at client: unexpected property 'color'",
  });
});

test("connect takes only the client ids and modes of the closed sets", () => {
  const client = { id: "ios-node", version: "1", platform: "ios", mode: "operator" };
  const parsed = parseParams("connect", connectParams, { minProtocol: 4, maxProtocol: 4, client });
  expect(parsed).toMatchObject({ ok: false, message: expect.stringMatching(/at client\.id: .*; at client\.mode: /) });
});

test("a secret in params never comes back in the message", () => {
  const client = { id: "cli", version: "dev", platform: "linux", mode: "cli" };
  const auth = { token: 12345678, password: "hunter2" };
  const parsed = parseParams("connect", connectParams, { minProtocol: 4, maxProtocol: 4, client, auth });
  expect(parsed).toMatchObject({ ok: false, message: expect.stringContaining("at auth.token:") });
  expect(JSON.stringify(parsed)).not.toMatch(/12345678|hunter2/);
});

test("refusals have the shapes that stock clients act on", () => {
  expect(missingScope("operator.write")).toEqual({
    code: "FORBIDDEN",
    message: "missing scope: operator.write",
    details: { code: "MISSING_SCOPE", missingScope: "operator.write", requiredScopes: ["operator.write"] },
  });
  expect(unknownMethod("nope")).toEqual({ code: "INVALID_REQUEST", message: "unknown method: nope" });
});
