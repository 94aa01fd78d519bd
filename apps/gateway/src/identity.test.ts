import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { gatewayIdentity } from "./identity.ts";

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "claw-identity-"));
});
afterEach(() => rm(stateDir, { recursive: true }));

test("a gateway keeps its key, readable by its owner alone, and nothing else", async () => {
  const first = await gatewayIdentity(stateDir);
  expect(first).toEqual({
    deviceId: expect.stringMatching(/^[0-9a-f]{64}$/),
    publicKey: expect.stringMatching(/^[\w-]{43}$/),
  });
  expect(await gatewayIdentity(stateDir)).toEqual(first);
  expect(await readdir(join(stateDir, "state"))).toEqual(["identity.pem"]);
  expect((await stat(join(stateDir, "state", "identity.pem"))).mode & 0o777).toBe(0o600);
});

test("a key that can't be read stops the start with what to do, and is left as it is", async () => {
  await gatewayIdentity(stateDir);
  await writeFile(join(stateDir, "state", "identity.pem"), "rubbish");
  await expect(gatewayIdentity(stateDir)).rejects.toThrow(
    /identity\.pem can't be read or made.*delete it for a new one/,
  );
});
