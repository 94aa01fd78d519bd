import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { gatewayFiles } from "./gateway-files.ts";
import { readGatewayToken, rotateGatewayToken } from "./gateway-token.ts";

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "claw-token-"));
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
const rotate = (minute: number, overlapMinutes: number) =>
  rotateGatewayToken({ stateDir, now: at(minute), overlapMs: overlapMinutes * 60_000 });

test("a first token has 32 random bytes and is its owner's alone", async () => {
  expect(await readGatewayToken(stateDir)).toBeUndefined();
  const made = await rotate(0, 10);
  expect(Buffer.from(made.token, "base64url")).toHaveLength(32);
  expect(made.previous).toEqual([]);
  expect(await readGatewayToken(stateDir)).toEqual(made);
  const { token } = gatewayFiles(stateDir);
  expect((await stat(token)).mode & 0o777).toBe(0o600);
  expect((await stat(join(token, ".."))).mode & 0o777).toBe(0o700);
});

test("a rotation keeps the token before as a hash with its end, and no text of it", async () => {
  const first = await rotate(0, 10);
  const second = await rotate(1, 10);
  expect(second.token).not.toBe(first.token);
  expect(second.previous).toEqual([
    { id: first.id, sha256: expect.stringMatching(/^[0-9a-f]{64}$/), expiresAt: at(11) },
  ]);
  expect(await readFile(gatewayFiles(stateDir).token, "utf8")).not.toContain(first.token);
  expect(await readGatewayToken(stateDir)).toEqual(second);
});

test("earlier tokens keep their end, never a later one, and go when it has come", async () => {
  const first = await rotate(0, 0);
  const second = await rotate(1, 30);
  const third = await rotate(2, 10);
  expect(third.previous.map(({ id, expiresAt }) => [id, expiresAt])).toEqual([
    [second.id, at(12)],
    [first.id, at(12)],
  ]);
  expect((await rotate(13, 5)).previous.map(({ id }) => id)).toEqual([third.id]);
});

test("a rotation without an overlap ends every token before", async () => {
  await rotate(0, 10);
  await rotate(1, 10);
  expect((await rotate(2, 0)).previous).toEqual([]);
});

test.each(["", "{}", "null", '{"token":"","previous":[]}', '{"token":"x","createdAt":"x","previous":[{}]}', '"x"'])(
  "a damaged file (%s) is an error that says how to mend it, and a rotation without an overlap does",
  async (text) => {
    await rotate(0, 0);
    await writeFile(gatewayFiles(stateDir).token, text);
    await expect(readGatewayToken(stateDir)).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("claw token rotate --overlap 0"),
    });
    await expect(rotate(1, 10)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    expect(await rotate(1, 0)).toMatchObject({ previous: [] });
  },
);
