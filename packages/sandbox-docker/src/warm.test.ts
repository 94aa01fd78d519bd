import { mkdir, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import type { SandboxLease, SandboxSpec } from "@claw/core";
import { describe, expect, test } from "vitest";
import { dockerSandbox } from "./docker-sandbox.ts";
import { temporaryDirectory, testEngine, whyNoEngine } from "./engine.fixture.ts";
import { containerLabels } from "./sweep.ts";

const reason = await whyNoEngine();
const patience = { timeout: 80_000 };

describe.skipIf(reason !== undefined)(
  `sandboxes made ahead${reason === undefined ? "" : `, skipped: ${reason}`}`,
  () => {
    async function setUp() {
      const stack = new AsyncDisposableStack();
      const { path: stateDir } = stack.use(await temporaryDirectory());
      const directory = join(stateDir, "project");
      await mkdir(directory);
      const shared = (key: string): SandboxSpec => ({
        key,
        workspace: { access: "rw", path: directory },
        network: "none",
      });
      const alone = (key: string): SandboxSpec => ({ key, workspace: { access: "none" }, network: "none" });
      const provider = stack.use(dockerSandbox({ stateDir, warm: 1 }));
      const engine = await testEngine();
      const instance = containerLabels("", stateDir)["claw.instance"];
      const running = async () =>
        (await engine.listContainers({ filters: { label: [`claw.instance=${instance}`] } })).map(({ Names }) =>
          String(Names[0]).slice(1),
        );
      const count = async () => (await running()).length;
      const acquire = async (spec: SandboxSpec) => stack.use(await provider.acquire(spec));
      return { stack, stateDir, directory, shared, alone, provider, engine, running, count, acquire };
    }

    test("are had at once, work on the same directory, and end with their provider", async () => {
      const { stack, shared, provider, acquire, running, count } = await setUp();
      await using _ = stack;
      const first = await acquire(shared("first"));
      await first.sandbox.writeFile("note", "shared");
      await expect.poll(count, patience).toBe(2);
      const [ahead] = (await running()).filter((id) => id !== first.id);
      // It is on the shelf once its supervisor has spoken, a moment after the engine shows it.
      await expect.poll(async () => (await acquire(shared("second"))).id, patience).toBe(ahead);
      const second = await acquire(shared("third"));
      expect((await second.sandbox.run("cat note; ls -A /tmp; pwd")).stdout).toBe("shared/workspace\n");
      await provider[Symbol.asyncDispose]();
      expect((await second.sandbox.run("echo alive")).stdout).toBe("alive\n");
    });

    test("get a private workspace that stays its session's", async () => {
      const { stack, stateDir, alone, acquire, running, count } = await setUp();
      await using _ = stack;
      const first = await acquire(alone("first"));
      await first.sandbox.writeFile("note", "mine");
      await expect.poll(count, patience).toBe(2);
      const [ahead] = (await running()).filter((id) => id !== first.id);
      const others: SandboxLease[] = [];
      const takeNext = async () => {
        others.push(await acquire(alone(`another ${others.length}`)));
        return others.at(-1)?.id;
      };
      await expect.poll(takeNext, patience).toBe(ahead);
      const second = others.at(-1) ?? first;
      expect(await second.sandbox.list(".")).toEqual([]);
      await second.sandbox.writeFile("note", "the second's");
      await first[Symbol.asyncDispose]();
      const again = await acquire(alone("first"));
      expect((await again.sandbox.run("cat note")).stdout).toBe("mine");
      expect((await second.sandbox.run("cat note")).stdout).toBe("the second's");
      await stack.disposeAsync();
      await expect(readdir(join(stateDir, "sandboxes"))).rejects.toMatchObject({ code: "ENOENT" });
    });

    test("leave no container and no empty workspace behind at the end", async () => {
      const { stack, stateDir, alone, provider, acquire, count } = await setUp();
      await using _ = stack;
      const first = await acquire(alone("first"));
      await expect.poll(count, patience).toBe(2);
      await provider[Symbol.asyncDispose]();
      expect(await readdir(join(stateDir, "sandboxes"))).toHaveLength(1);
      await first[Symbol.asyncDispose]();
      expect(await count()).toBe(0);
    });

    test("are not taken when they died, or when another directory took the place of theirs", async () => {
      const { stack, directory, shared, engine, acquire, running, count } = await setUp();
      await using _ = stack;
      const first = await acquire(shared("first"));
      await expect.poll(count, patience).toBe(2);
      const [ahead = ""] = (await running()).filter((id) => id !== first.id);
      await engine.getContainer(ahead).kill();
      const second = await acquire(shared("second"));
      expect(second.id).not.toBe(ahead);
      expect((await second.sandbox.run("echo fresh")).stdout).toBe("fresh\n");

      await rename(directory, `${directory}-before`);
      await mkdir(directory);
      const third = await acquire(shared("third"));
      await third.sandbox.writeFile("new", "");
      expect(await readdir(directory)).toEqual(["new"]);
    });
  },
);
