import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig, resolveAgents } from "@claw/config";
import { silentLogger } from "@claw/core";
import { dockerSandbox, probeDocker } from "@claw/sandbox-docker";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type DockerGuardOptions, dockerGuard } from "./docker-guard.ts";

const supervisorScript = new URL("../../../packages/sandbox-supervisor/native/build-all.sh", import.meta.url).pathname;

let stateDir: string;

beforeEach(async () => {
  stateDir = await realpath(await mkdtemp(join(tmpdir(), "claw-guard-")));
  await chmod(stateDir, 0o755);
  await mkdir(join(stateDir, "workspace"));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(stateDir, { recursive: true, force: true });
});

async function guardOf(mode: DockerGuardOptions["mode"], text = "{}") {
  const agents = resolveAgents(await parseConfig(text));
  const workspaceOf = (id: string) => agents.find((agent) => agent.id === id)?.workspace ?? join(stateDir, "workspace");
  return dockerGuard({ mode, runtime: undefined, stateDir, agents: () => agents, workspaceOf, log: silentLogger });
}

const raw = { reachable: true, reason: "", proxied: false, socketPath: "/var/run/docker.sock" };
const remote = { reachable: true, reason: "", proxied: false };

describe("containers go", () => {
  test("through a proxy of the gateway's own in a container, and when it is asked for", async () => {
    vi.stubEnv("container", "docker");
    for (const mode of [undefined, "auto", "on"] as const) {
      await using guard = await guardOf(mode);
      expect(await guard.through(raw)).toMatch(/^unix:\/\/.*docker\.sock$/);
    }
  });

  test("to the engine itself when no proxy is wanted, and to a proxy that stands already", async () => {
    vi.stubEnv("container", "docker");
    await using off = await guardOf("off");
    expect(await off.through(raw)).toBeUndefined();
    await using on = await guardOf("on");
    expect(await on.through({ ...raw, proxied: true })).toBeUndefined();
  });

  test("nowhere when an engine elsewhere should have a proxy in front", async () => {
    await using guard = await guardOf("on");
    await expect(guard.through(remote)).rejects.toMatchObject({ code: "SANDBOX_UNAVAILABLE" });
  });

  test("nowhere when one agent's workspace lies in another's", async () => {
    const inner = join(stateDir, "workspace", "inner");
    await mkdir(inner);
    const text = `{ agents: { list: [{ id: "main" }, { id: "other", workspace: "${inner}" }] } }`;
    await using guard = await guardOf("on", text);
    await expect(guard.through(raw)).rejects.toThrow(/lies inside.*sandbox\.docker\.proxy to "off"/);
  });
});

const engine = await probeDocker();
if (!engine.reachable && process.env["CI"] === "true") throw new Error(engine.reason);

describe.skipIf(!engine.reachable)(
  `before a real engine${engine.reachable ? "" : `, skipped: ${engine.reason}`}`,
  () => {
    test("sandboxes run through the gateway's proxy, which gives away nothing else", async () => {
      execFileSync(supervisorScript);
      await using guard = await guardOf("on");
      const proxy = (await guard.through(engine)) ?? expect.fail("there is a proxy");
      await using provider = dockerSandbox({ stateDir, proxy, warm: 1 });
      for (const workspace of [{ access: "none" }, { access: "rw", path: join(stateDir, "workspace") }] as const) {
        await using lease = await provider.acquire({ key: "guarded", workspace, network: "none" });
        const { exitCode } = await lease.sandbox.run("touch here && grep -q 'CapEff:\t0*$' /proc/self/status");
        expect(exitCode).toBe(0);
      }
      const elsewhere = { access: "rw", path: join(stateDir, "elsewhere") } as const;
      await mkdir(elsewhere.path);
      await expect(provider.acquire({ key: "guarded", workspace: elsewhere, network: "none" })).rejects.toThrow(
        "docker-proxy",
      );
      expect(await statusOf(proxy.slice("unix://".length), "/volumes")).toBe(403);
    });
  },
);

function statusOf(socketPath: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
}
