import { expect, test } from "vitest";
import { dockerSandbox } from "./docker-sandbox.ts";
import { temporaryDirectory, whyNoEngine } from "./engine.fixture.ts";
import { checkEngine, type EngineInfo } from "./engine-guards.ts";

const able: EngineInfo = {
  SecurityOptions: ["name=apparmor", "name=seccomp,profile=default", "name=userns"],
  CgroupDriver: "systemd",
  MemoryLimit: true,
  SwapLimit: true,
  PidsLimit: true,
  CpuCfsQuota: true,
  Runtimes: { runc: {}, runsc: {} },
};

test("an engine that can do everything is taken, with any runtime it has", () => {
  expect(checkEngine(able, { waive: [] })).toEqual([]);
  expect(checkEngine(able, { runtime: "runsc" })).toEqual([]);
});

test("a runtime that the engine lacks is refused by name, with those it has", () => {
  expect(() => checkEngine(able, { runtime: "kata" })).toThrow(
    /no runtime "kata", but runc, runsc\..*sandbox\.docker\.runtime/,
  );
});

test.each<[string, EngineInfo, RegExp]>([
  [
    "no seccomp",
    { ...able, SecurityOptions: ["name=apparmor"] },
    /not filtered.*waive: \["apparmor","userns","seccomp"\]/,
  ],
  ["no limit on swap", { ...able, SwapLimit: false }, /Swap is not limited/],
  [
    "control groups that a rootless engine was not given",
    { ...able, CgroupDriver: "none" },
    /Memory is not.*processes is not.*processor/,
  ],
  ["nothing to say of itself", {}, /not filtered.*Memory is not limited/],
])("an engine with %s is refused until that is waived", (_name, info, message) => {
  expect(() => checkEngine(info, {})).toThrow(message);
  const all = ["seccomp", "apparmor", "userns", "memory", "swap", "pids", "cpu"] as const;
  expect(checkEngine(info, { waive: all })).not.toEqual([]);
});

test("what most engines lack is waived and said, and can be demanded", () => {
  const plain = { ...able, SecurityOptions: ["name=seccomp,profile=builtin"] };
  expect(checkEngine(plain, {})).toEqual([expect.stringMatching(/AppArmor/), expect.stringMatching(/user namespace/)]);
  expect(() => checkEngine(plain, { waive: ["userns"] })).toThrow(/AppArmor/);
  expect(
    checkEngine({ ...able, SecurityOptions: ["name=seccomp", "name=selinux", "name=rootless"] }, { waive: [] }),
  ).toEqual([]);
});

const reason = await whyNoEngine();

test.skipIf(reason !== undefined)(
  `a real engine is asked at the start${reason === undefined ? "" : `, skipped: ${reason}`}`,
  async () => {
    await using directory = await temporaryDirectory();
    const provider = dockerSandbox({ stateDir: directory.path, runtime: "no-such-runtime" });
    await expect(provider.prepare()).rejects.toMatchObject({
      code: "SANDBOX_UNAVAILABLE",
      message: expect.stringMatching(/no runtime "no-such-runtime", but .*runc/),
    });
    expect(provider.status()).toMatchObject({ state: "unavailable", detail: expect.stringMatching(/no-such-runtime/) });
  },
);
