import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dockerSandbox } from "./docker-sandbox.ts";
import { sandboxDockerfile } from "./dockerfile.ts";
import { temporaryDirectory, whyNoEngine } from "./engine.fixture.ts";
import { buildSandboxImage } from "./image.ts";

const reason = await whyNoEngine();

test("the Dockerfile for users is the one this package builds from", async () => {
  const published = new URL("../../../deploy/sandbox/Dockerfile", import.meta.url);
  expect(await readFile(published, "utf8")).toBe(sandboxDockerfile);
});

describe.skipIf(reason !== undefined)(`the image${reason === undefined ? "" : `, skipped: ${reason}`}`, () => {
  test("holds the tools an agent expects", async () => {
    await using directory = await temporaryDirectory();
    const provider = dockerSandbox({ stateDir: directory.path });
    await provider.prepare();
    expect(provider.status()).toEqual({ state: "ready" });
    await using lease = await provider.acquire({ key: "tools", workspace: { access: "none" }, network: "none" });
    for (const tool of ["bash", "curl", "git", "jq", "node", "ps", "python3", "rg"]) {
      expect(await lease.sandbox.run(`${tool} --version`)).toMatchObject({ exitCode: 0, stderr: "" });
    }
    const { stdout } = await lease.sandbox.run("git init -q . && echo x > f && git add f && git status --short");
    expect(stdout).toBe("A  f\n");
  });

  test("that can't be had is unavailable, with the way to build one from a file, for every waiting caller", async () => {
    await using directory = await temporaryDirectory();
    const image = "registry.invalid/no-such-image:1";
    const provider = dockerSandbox({ stateDir: directory.path, image });
    const mended = { code: "SANDBOX_UNAVAILABLE", message: expect.stringMatching(/claw sandbox build --rootfs FILE/) };
    const spec = { key: "k", workspace: { access: "none" }, network: "none" } as const;
    await Promise.all([
      expect(provider.prepare()).rejects.toMatchObject(mended),
      expect(provider.acquire(spec)).rejects.toMatchObject(mended),
    ]);
    expect(provider.status()).toMatchObject({ state: "unavailable", detail: mended.message });
  });

  test("is refused from what is no root filesystem", async () => {
    await using directory = await temporaryDirectory();
    const rootfs = join(directory.path, "rootfs.tar");
    await expect(buildSandboxImage({ rootfs, tag: "claw-test:none" })).rejects.toThrow(/ENOENT/);
    await writeFile(rootfs, "not a tar file, whatever its name");
    await expect(buildSandboxImage({ rootfs, tag: "claw-test:none" })).rejects.toThrow();
    await expect(buildSandboxImage({ rootfs, node: rootfs, tag: "claw-test:none" })).rejects.toThrow(
      /no Linux program/,
    );
  });
});
