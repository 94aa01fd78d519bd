import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, systemClock } from "@claw/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { workspaceFiles } from "./workspace-files.ts";

let folder: string;
let nowMs = 0;
const clock: Clock = { ...systemClock, monotonicMs: () => nowMs };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "claw-workspace-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("the files stand in their order, missing and empty ones are left out", async () => {
  await writeFile(join(folder, "USER.md"), "Ada");
  await writeFile(join(folder, "AGENTS.md"), "Be kind.\n");
  await writeFile(join(folder, "SOUL.md"), "  \n");
  expect(await workspaceFiles(folder, clock)()).toBe("## AGENTS.md\nBe kind.\n\n## USER.md\nAda");
});

test("an edit shows a second later, and not before", async () => {
  const read = workspaceFiles(folder, clock);
  await writeFile(join(folder, "MEMORY.md"), "one");
  expect(await read()).toContain("one");
  await writeFile(join(folder, "MEMORY.md"), "two");
  expect(await read()).toContain("one");
  nowMs += 1_000;
  expect(await read()).toContain("two");
});

test("a long file is cut with a mark, and all of them together stay within 60,000 characters", async () => {
  for (const name of ["AGENTS.md", "SOUL.md", "IDENTITY.md", "USER.md", "MEMORY.md"]) {
    await writeFile(join(folder, name), "ä".repeat(30_000));
  }
  const text = await workspaceFiles(folder, clock)();
  expect(text).toContain("[cut: ");
  expect(text.length).toBeLessThan(61_000);
});

test("a directory in the place of a file is left out", async () => {
  const { mkdir } = await import("node:fs/promises");
  await mkdir(join(folder, "AGENTS.md"));
  expect(await workspaceFiles(folder, clock)()).toBe("");
});
