import { type SandboxLease, type SandboxProvider, silentLogger } from "@claw/core";
import { expect, test } from "vitest";
import { firstWorking } from "./first-working.ts";

const provider = (name: string): SandboxProvider => ({
  name,
  summary: `the ${name} one`,
  limits: [],
  acquire: async () => ({ id: name }) as SandboxLease,
});
const spec = { key: "k", workspace: { access: "none" }, network: "none" } as const;

test("the first one that is there is taken, and those after it are not asked", async () => {
  const asked: string[] = [];
  const candidate = (name: string, there: boolean) => async () => {
    asked.push(name);
    return there ? { provider: provider(name) } : { missing: "not installed" };
  };
  const chosen = await firstWorking([candidate("a", false), candidate("b", true), candidate("c", true)], silentLogger);
  expect(chosen.name).toBe("b");
  expect(asked).toEqual(["a", "b"]);
});

test("one that can't be made ready gives way to the next, and the log says why", async () => {
  const warnings: unknown[] = [];
  const log = { ...silentLogger, warn: (message: string, fields?: object) => void warnings.push([message, fields]) };
  const image = Promise.withResolvers<void>();
  const chosen = await firstWorking(
    [
      async () => ({ provider: provider("docker"), prepare: () => image.promise }),
      async () => ({ provider: provider("virtual") }),
    ],
    log,
  );
  expect(chosen.name).toBe("docker");
  const lease = chosen.acquire(spec);
  image.reject(new Error("no registry"));
  expect((await lease).id).toBe("virtual");
  expect(chosen.summary).toBe("the virtual one");
  expect(warnings).toEqual([["the docker sandbox can't be used, virtual takes its place", { reason: "no registry" }]]);
});

test("it carries a network as the one in use does", async () => {
  const carrying = { ...provider("docker"), carriesNetwork: true };
  expect((await firstWorking([async () => ({ provider: carrying })], silentLogger)).carriesNetwork).toBe(true);
  expect((await firstWorking([async () => ({ provider: provider("virtual") })], silentLogger)).carriesNetwork).toBe(
    false,
  );
});

test("with none left, acquire says so", async () => {
  const fails = async () => ({ provider: provider("a"), prepare: () => Promise.reject(new Error("broken")) });
  const chosen = await firstWorking([fails], silentLogger);
  await expect(chosen.acquire(spec)).rejects.toMatchObject({ code: "SANDBOX_UNAVAILABLE" });
});

test("who gives up does not wait for an image", async () => {
  const never = async () => ({ provider: provider("docker"), prepare: () => new Promise<void>(() => {}) });
  const chosen = await firstWorking([never], silentLogger);
  await expect(chosen.acquire(spec, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: "SANDBOX_ABORTED",
  });
});

test("what the chosen one carries and keeps ready is the chosen one's", async () => {
  const ended: string[] = [];
  const carrying: SandboxProvider = {
    ...provider("docker"),
    carriesNetwork: true,
    async [Symbol.asyncDispose]() {
      ended.push("docker");
    },
  };
  const chosen = await firstWorking([async () => ({ provider: carrying })], silentLogger);
  expect(chosen.carriesNetwork).toBe(true);
  await chosen[Symbol.asyncDispose]?.();
  expect(ended).toEqual(["docker"]);
  expect((await firstWorking([async () => ({ provider: provider("virtual") })], silentLogger)).carriesNetwork).toBe(
    false,
  );
});
