import { chown, lstat, mkdir, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryDirectory } from "./engine.fixture.ts";
import { mountWorkspace } from "./workspace.ts";

const isRoot = process.getuid?.() === 0;
const request = (access: "ro" | "rw", path: string) =>
  ({ key: "k", workspace: { access, path }, network: "none" }) as const;
const none = (key: string) => ({ key, workspace: { access: "none" }, network: "none" }) as const;

test("a key has one private directory, another key another", async () => {
  await using directory = await temporaryDirectory();
  const paths = [];
  for (const key of ["a", "a", "b"]) paths.push((await mountWorkspace(none(key), directory.path)).path);
  expect(paths[0]).toBe(paths[1]);
  expect(paths[0]).not.toBe(paths[2]);
  expect((await stat(paths[0] ?? "")).mode & 0o777).toBe(0o700);
});

test("nobody's commands run as root", async () => {
  await using directory = await temporaryDirectory();
  const { user } = await mountWorkspace(none("k"), directory.path);
  expect(user).toBe(isRoot ? "10001:10001" : `${process.getuid?.()}:${process.getgid?.()}`);
});

test("a missing directory, and a file, are refused with their reason", async () => {
  await using directory = await temporaryDirectory();
  await writeFile(join(directory.path, "file"), "");
  for (const [name, message] of [
    ["missing", /ENOENT/],
    ["file", /not a directory/],
  ] as const) {
    const mounted = mountWorkspace(request("rw", join(directory.path, name)), directory.path);
    await expect(mounted).rejects.toMatchObject({
      code: "SANDBOX_UNAVAILABLE",
      message: expect.stringMatching(message),
    });
  }
});

describe.skipIf(!isRoot)("run by root (skipped for others: only root can give files away)", () => {
  test("a writable workspace of root's goes to the sandbox's user, and nobody else's files in it", async () => {
    await using directory = await temporaryDirectory();
    const workspace = join(directory.path, "workspace");
    await mkdir(join(workspace, "deep"), { recursive: true });
    await writeFile(join(workspace, "deep", "of-root"), "");
    await writeFile(join(workspace, "of-another"), "");
    await chown(join(workspace, "of-another"), 4711, 4711);
    await writeFile(join(directory.path, "outside"), "");
    await symlink("../outside", join(workspace, "link"));
    expect(await mountWorkspace(request("rw", workspace), directory.path)).toMatchObject({ user: "10001:10001" });
    const owner = async (name: string) => (await lstat(join(workspace, name))).uid;
    expect(await Promise.all([".", "deep", "deep/of-root", "link", "of-another", "../outside"].map(owner))).toEqual([
      10001, 10001, 10001, 10001, 4711, 0,
    ]);
  });

  test("a workspace of a user's is worked on as that user and keeps its owners", async () => {
    await using directory = await temporaryDirectory();
    await chown(directory.path, 4711, 4712);
    await writeFile(join(directory.path, "of-root"), "");
    expect(await mountWorkspace(request("rw", directory.path), directory.path)).toMatchObject({ user: "4711:4712" });
    expect((await stat(join(directory.path, "of-root"))).uid).toBe(0);
  });

  test("a read-only workspace keeps its owners", async () => {
    await using directory = await temporaryDirectory();
    const mounted = await mountWorkspace(request("ro", directory.path), directory.path);
    expect(mounted).toMatchObject({ readOnly: true, user: "10001:10001" });
    expect((await stat(directory.path)).uid).toBe(0);
  });

  test("a directory of the system is never given away", async () => {
    for (const path of ["/", "/usr", "/root"]) {
      await expect(mountWorkspace(request("rw", path), "/nowhere")).rejects.toThrow(/directory of the system/);
    }
  });
});
