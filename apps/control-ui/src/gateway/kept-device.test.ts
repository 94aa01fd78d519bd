import { expect, test } from "vitest";
import { deviceOf, forgetSignedIn, keepSignedIn, readSignedIn } from "./kept-device.ts";

function place(kept: Record<string, string> = {}) {
  const items = new Map(Object.entries(kept));
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
}
const privateKey = { kty: "OKP", crv: "Ed25519", x: "x", d: "d" } as const;

test("who signed in is known until they sign out, and is the same device the next time", async () => {
  const storage = place();
  await deviceOf(storage, "ada").save({ privateKey, token: "given" });
  await deviceOf(storage, "bob").save({ privateKey, token: "his" });
  keepSignedIn(storage, { user: "ada", scopes: ["operator.read"] });
  expect(readSignedIn(storage)).toEqual({ user: "ada", scopes: ["operator.read"] });
  await forgetSignedIn(storage);
  expect(readSignedIn(storage)).toBeUndefined();
  expect(await deviceOf(storage, "ada").load()).toEqual({ privateKey });
  expect(await deviceOf(storage, "bob").load()).toEqual({ privateKey, token: "his" });
});

test("what somebody else has put there is nobody signed in, and signing out takes it away", async () => {
  for (const text of ["", "{", "null", "[]", '{"user":1}', '{"user":"ada"}']) {
    const storage = place({ "claw.signed-in": text });
    expect(readSignedIn(storage), text).toBeUndefined();
    await forgetSignedIn(storage);
    expect(storage.items.size).toBe(0);
  }
});
