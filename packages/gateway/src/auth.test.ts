import { expect, test, vi } from "vitest";
import {
  type Authenticate,
  type AuthResult,
  firstAccepting,
  refuseEverybody,
  sharedSecret,
  trustEverybody,
} from "./auth.ts";

const caller = { remoteAddress: "192.0.2.1", headers: new Headers() };

test("the secret lets in as the owner, whichever field carries it", async () => {
  const authenticate = sharedSecret("token", "sesame");
  for (const shown of [{ token: "sesame" }, { password: "sesame" }]) {
    expect(await authenticate(shown, caller)).toMatchObject({
      ok: true,
      principal: { id: "owner", kind: "user", scopes: ["admin"], credential: "gateway-token" },
    });
  }
});

test.each([{}, { token: "" }, { token: undefined, password: undefined }])(
  "%j is no credential, and the answer says how to get one",
  async (shown) => {
    expect(await sharedSecret("token", "sesame")(shown, caller)).toMatchObject({
      ok: false,
      missing: true,
      code: "AUTH_TOKEN_MISSING",
      message: expect.stringContaining("--token"),
    });
  },
);

test.each(["Sesame", "sesame ", "sesam", "x".repeat(100_000), "\u0000"])(
  "another secret (case %#) is refused without a word of the right one",
  async (password) => {
    const refused = await sharedSecret("password", "sesame")({ password }, caller);
    expect(refused).toMatchObject({ ok: false, code: "AUTH_PASSWORD_MISMATCH" });
    expect(JSON.stringify(refused)).not.toContain("sesame");
  },
);

test("without an authenticator nobody gets in; everybody does only when that is asked for", async () => {
  expect(await refuseEverybody({ token: "any" }, caller)).toMatchObject({ ok: false });
  expect(await trustEverybody({}, caller)).toMatchObject({ ok: true, principal: { credential: "none" } });
});

test("a way to verify stands in for the secret itself, and its name is the credential", async () => {
  const authenticate = sharedSecret("token", async (shown) => (shown === "old" ? "gateway-token:1" : undefined));
  expect(await authenticate({ token: "old" }, caller)).toMatchObject({ principal: { credential: "gateway-token:1" } });
  expect(await authenticate({ token: "new" }, caller)).toMatchObject({ code: "AUTH_TOKEN_MISMATCH" });
});

const answers = (result: AuthResult): Authenticate => vi.fn(() => result);
const refused = (code: string): AuthResult => ({ ok: false, code, message: code });
const missing = (code: string): AuthResult => ({ ok: false, code, message: code, missing: true });

test("the first that knows the caller lets it in, and later ones are not asked", async () => {
  const later = answers(refused("LATER"));
  const result = await firstAccepting(answers(missing("NONE")), trustEverybody, later)({}, caller);
  expect(result).toMatchObject({ ok: true, principal: { credential: "none" } });
  expect(later).not.toHaveBeenCalled();
});

test("of several refusals the one about what was shown is told", async () => {
  const both = firstAccepting(answers(missing("NOTHING_SHOWN")), answers(refused("WRONG")));
  expect(await both({}, caller)).toMatchObject({ code: "WRONG" });
  const none = firstAccepting(answers(missing("FIRST")), answers(missing("SECOND")));
  expect(await none({}, caller)).toMatchObject({ code: "FIRST" });
  expect(await firstAccepting()({}, caller)).toMatchObject({ ok: false, code: "AUTH_UNAUTHORIZED" });
});
