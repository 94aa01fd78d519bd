import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { buildSetup } from "./build-setup.ts";

test("a runtime that nobody knows is refused with those that there are", async () => {
  const building = buildSetup({}, { names: "go,cobol", agent: undefined });
  await expect(building).rejects.toThrow('There is no runtime "cobol"; there is go, rust, pip, npm, bun.');
});

test("an agent's setup is its configuration's alone", async () => {
  await expect(buildSetup({}, { names: "go", agent: "main" })).rejects.toThrow("Give --with or --agent");
  await expect(buildSetup({}, { names: "go", agent: undefined, rootfs: "r.tar" })).rejects.toThrow("--rootfs first");
});

test("an agent without a setup has nothing to do, and one that is not there is named", async () => {
  const stateDir = await mkdtemp(join(tmpdir(), "claw-setup-"));
  await writeFile(join(stateDir, "openclaw.json"), "{}", { mode: 0o600 });
  const written: string[] = [];
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => written.push(String(text)) > 0);
  await buildSetup({ stateDir }, { names: undefined, agent: "default" }).finally(() => write.mockRestore());
  expect(written.join("")).toContain("nothing to do");
  await expect(buildSetup({ stateDir }, { names: undefined, agent: "nobody" })).rejects.toThrow('no agent "nobody"');
  await rm(stateDir, { recursive: true, force: true });
});
