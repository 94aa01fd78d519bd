import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { tailscaleWhois } from "./whois.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "claw-tailscale-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A `tailscale` that answers as the real one does. */
async function fake(body: string): Promise<string> {
  const path = join(folder, "tailscale");
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

test("asks for the address, and takes the login name of the answer", async () => {
  const profile = '{"Node":{},"UserProfile":{"LoginName":"alice@example.com","DisplayName":"Alice"}}';
  const command = await fake(`[ "$*" = "whois --json 100.64.0.7" ] && echo '${profile}'`);
  expect(await tailscaleWhois(command)("100.64.0.7")).toEqual({ login: "alice@example.com" });
});

test.each(["exit 1", "echo '{}'", "echo no", `echo '{"UserProfile":{"LoginName":""}}'`, "head -c 3000000 /dev/zero"])(
  "an answer without a name (%s) is none",
  async (body) => {
    await expect(tailscaleWhois(await fake(body))("100.64.0.7")).rejects.toThrow();
  },
);

test("without Tailscale nobody is anybody", async () => {
  await expect(tailscaleWhois(join(folder, "missing"))("100.64.0.7")).rejects.toThrow();
});
