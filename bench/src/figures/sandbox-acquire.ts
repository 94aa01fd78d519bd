import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import type { SandboxSpec } from "@claw/core";
import { type DockerSandbox, dockerSandbox, probeDocker } from "@claw/sandbox-docker";
import type { Bench, Figure, Row } from "../figure.ts";
import { median } from "../harness/statistics.ts";

const IMAGE = "claw-sandbox:bookworm";
const run = promisify(execFile);

/** What it takes until a sandbox has run its first command: made from nothing, and taken from those kept ready. */
export const sandboxAcquire: Figure = {
  name: "sandbox-acquire",
  async measure({ quick, progress }: Bench): Promise<readonly Row[]> {
    const probe = await probeDocker();
    if (!probe.reachable) return [{ title: "sandbox, docker", skipped: probe.reason }];
    const rounds = quick ? 2 : 20;
    const stateDir = await mkdtemp(join(tmpdir(), "claw-bench-acquire-"));
    try {
      const workspace = join(stateDir, "workspace");
      await mkdir(workspace);
      const spec: SandboxSpec = { key: "bench", workspace: { access: "rw", path: workspace }, network: "none" };
      progress("sandboxes from nothing, in turns with docker run");
      const cold = dockerSandbox({ stateDir });
      await firstCommand(cold, spec);
      const [ours, floor]: [number[], number[]] = [[], []];
      for (let round = 0; round < rounds; round++) {
        ours.push((await firstCommand(cold, spec)).commandMs);
        floor.push(await dockerRun());
      }
      progress("sandboxes that are kept ready");
      await using ready = dockerSandbox({ stateDir, warm: 2 });
      await firstCommand(ready, spec);
      const [acquired, commanded]: [number[], number[]] = [[], []];
      for (let round = 0; round < rounds; round++) {
        // Nobody begins sessions without a pause; the next one is made in it.
        await delay(1_000);
        const { acquireMs, commandMs } = await firstCommand(ready, spec);
        acquired.push(acquireMs);
        commanded.push(commandMs);
      }
      return [
        {
          title: "new sandbox to its first command's end, p50",
          unit: "ms",
          value: median(ours),
          floor: { title: "docker run with no network", value: median(floor) },
        },
        {
          title: "sandbox kept ready, acquire, p50",
          unit: "ms",
          value: median(acquired),
          goal: { of: "value", atMost: 15 },
        },
        { title: "sandbox kept ready to its first command's end, p50", unit: "ms", value: median(commanded) },
      ];
    } finally {
      await rm(stateDir, { recursive: true, force: true });
    }
  },
};

async function firstCommand(
  provider: DockerSandbox,
  spec: SandboxSpec,
): Promise<{ readonly acquireMs: number; readonly commandMs: number }> {
  const beganMs = performance.now();
  await using lease = await provider.acquire(spec);
  const acquireMs = performance.now() - beganMs;
  await lease.sandbox.run("true");
  return { acquireMs, commandMs: performance.now() - beganMs };
}

async function dockerRun(): Promise<number> {
  const beganMs = performance.now();
  await run("docker", ["run", "--rm", "--network", "none", IMAGE, "true"]);
  return performance.now() - beganMs;
}
