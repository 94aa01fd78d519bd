import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClawError } from "@claw/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { editableFiles } from "./editable-files.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "claw-files-"));
});
afterEach(() => rm(folder, { recursive: true }));

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error: unknown) => (ClawError.is(error) ? error.code : String(error)),
  );

test("every file is listed, missing ones without content", async () => {
  await writeFile(join(folder, "USER.md"), "Ada");
  const listed = await editableFiles(folder).list();
  expect(listed.map(({ name, content }) => [name, content])).toEqual([
    ["AGENTS.md", undefined],
    ["SOUL.md", undefined],
    ["IDENTITY.md", undefined],
    ["USER.md", "Ada"],
    ["MEMORY.md", undefined],
  ]);
  expect(listed[3]).toMatchObject({
    path: join(folder, "USER.md"),
    size: 3,
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test("a file is replaced as a whole when it is still what was read, and leaves nothing beside it", async () => {
  const files = editableFiles(join(folder, "new"));
  const first = await files.write("SOUL.md", "kind", null);
  expect(await codeOf(files.write("SOUL.md", "unkind", null))).toBe("AGENT_FILE_CHANGED");
  expect(await files.write("SOUL.md", "kinder", first?.hash)).toMatchObject({ content: "kinder" });
  expect(await files.write("SOUL.md", "whatever")).toMatchObject({ content: "whatever" });
  expect(await readdir(join(folder, "new"))).toEqual(["SOUL.md"]);
});

test("of two writers that read the same, one is told", async () => {
  const files = editableFiles(folder);
  const both = await Promise.all([
    codeOf(files.write("USER.md", "a", null)),
    codeOf(files.write("USER.md", "b", null)),
  ]);
  expect(both).toEqual(["none", "AGENT_FILE_CHANGED"]);
  expect(await readFile(join(folder, "USER.md"), "utf8")).toBe("a");
});

test.each(["../secret", "/etc/passwd", "AGENTS.md/..", "notes.md", "agents.md", ""])(
  "%j is none of the files",
  async (name) => {
    const files = editableFiles(folder);
    expect(await files.read(name)).toBeUndefined();
    expect(await files.write(name, "x")).toBeUndefined();
    expect(await readdir(folder)).toEqual([]);
  },
);

test("a link is not followed, neither to read nor to write", async () => {
  const secret = join(folder, "secret");
  await writeFile(secret, "hidden");
  const workspace = join(folder, "workspace");
  await mkdir(workspace);
  await symlink(secret, join(workspace, "AGENTS.md"));
  const files = editableFiles(workspace);
  expect(await codeOf(files.read("AGENTS.md"))).toBe("AGENT_FILE");
  expect((await files.list())[0]?.problem).toContain("it is a link");
  await files.write("AGENTS.md", "mine");
  expect(await readFile(secret, "utf8")).toBe("hidden");
  expect(await files.read("AGENTS.md")).toMatchObject({ content: "mine" });
});

test("what is too large or no file is refused", async () => {
  await mkdir(join(folder, "SOUL.md"));
  await writeFile(join(folder, "USER.md"), "x".repeat(300_000));
  const files = editableFiles(folder);
  expect(await codeOf(files.read("SOUL.md"))).toBe("AGENT_FILE");
  expect(await codeOf(files.read("USER.md"))).toBe("AGENT_FILE");
  expect(await codeOf(files.write("MEMORY.md", "x".repeat(300_000)))).toBe("AGENT_FILE");
});
