import { expect, test } from "vitest";
import { refuseEverybody, sharedSecret, trustEverybody } from "./auth.ts";

test("the secret lets in as the owner, whichever field carries it", async () => {
  const authenticate = sharedSecret("token", "sesame");
  for (const shown of [{ token: "sesame" }, { password: "sesame" }]) {
    expect(await authenticate(shown)).toMatchObject({
      ok: true,
      principal: { id: "owner", kind: "user", scopes: ["admin"], credential: "gateway-token" },
    });
  }
});

test.each([{}, { token: "" }, { token: undefined, password: undefined }])(
  "%j is no credential, and the answer says how to get one",
  async (shown) => {
    expect(await sharedSecret("token", "sesame")(shown)).toMatchObject({
      ok: false,
      code: "AUTH_TOKEN_MISSING",
      message: expect.stringContaining("--token"),
    });
  },
);

test.each(["Sesame", "sesame ", "sesam", "x".repeat(100_000), "\u0000"])(
  "another secret (case %#) is refused without a word of the right one",
  async (password) => {
    const refused = await sharedSecret("password", "sesame")({ password });
    expect(refused).toMatchObject({ ok: false, code: "AUTH_PASSWORD_MISMATCH" });
    expect(JSON.stringify(refused)).not.toContain("sesame");
  },
);

test("without an authenticator nobody gets in; everybody does only when that is asked for", async () => {
  expect(await refuseEverybody({ token: "any" })).toMatchObject({ ok: false });
  expect(await trustEverybody({})).toMatchObject({ ok: true, principal: { credential: "none" } });
});
