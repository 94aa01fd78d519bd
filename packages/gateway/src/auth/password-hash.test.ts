import { expect, test } from "vitest";
import { hashPassword, isPasswordHash, verifyPassword } from "./password-hash.ts";

test("a hash lets the password in, again without working it out, and nothing else", async () => {
  const hash = await hashPassword("sesame");
  expect(hash).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$/);
  expect(isPasswordHash(hash)).toBe(true);
  const verify = verifyPassword(hash);
  expect(await verify("Sesame")).toBeUndefined();
  expect(await verify("sesame")).toBe("gateway-password");
  expect(await verify("")).toBeUndefined();
  expect(await verify("sesame")).toBe("gateway-password");
});

test("two hashes of one password differ", async () => {
  expect(await hashPassword("sesame")).not.toBe(await hashPassword("sesame"));
});

test.each([
  "$scrypt$",
  "$scrypt$ln=15,r=8,p=3$c2FsdA$aGFzaA",
  "$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  "$scrypt$ln=30,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  "$scrypt$ln=15,r=0,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
])("%s is no hash that can be used, and the error says how to make one", (text) => {
  expect(() => verifyPassword(text)).toThrowError(/claw token hash/);
});
