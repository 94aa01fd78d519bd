import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sandbox, SandboxLease } from "@claw/core";
import { dockerSandbox, probeDocker } from "@claw/sandbox-docker";
import type { Bench, Figure, Row } from "../figure.ts";
import { engineExec } from "../harness/engine-exec.ts";
import { median } from "../harness/statistics.ts";

const COMMAND = "true";
const ARGV = ["/bin/bash", "-c", COMMAND];
const FLOOR = "exec over the engine's API";
const PARALLEL = 50;

/** The sandbox by itself, without a gateway: what a command in a container costs beside the engine's own way. */
export const sandboxCommands: Figure = {
  name: "sandbox-commands",
  async measure(bench) {
    const probe = await probeDocker();
    if (!probe.reachable) return [{ title: "command, docker sandbox", skipped: probe.reason }];
    bench.progress("starting the sandbox");
    const stateDir = await mkdtemp(join(tmpdir(), "claw-bench-sandbox-"));
    try {
      await using lease = await dockerSandbox({ stateDir }).acquire({
        key: "bench",
        workspace: { access: "none" },
        network: "none",
      });
      await lease.sandbox.run(COMMAND);
      return [
        ...(await oneByOne(bench, lease)),
        ...(await inParallel(bench, lease)),
        await firstByte(bench, lease.sandbox),
        ...(await manyInARow(bench, lease.sandbox)),
        ...(await flood(bench, lease.sandbox)),
      ];
    } finally {
      await rm(stateDir, { recursive: true, force: true });
    }
  },
};

async function timed(work: () => Promise<unknown>): Promise<number> {
  const beganMs = performance.now();
  await work();
  return performance.now() - beganMs;
}

async function oneByOne({ quick, progress }: Bench, { id, sandbox }: SandboxLease): Promise<readonly Row[]> {
  progress("one command after the other");
  const [ours, floor]: [number[], number[]] = [[], []];
  // In turns of some length: an engine is busy with an exec for a while after its answer.
  for (let turn = 0; turn < (quick ? 1 : 5); turn++) {
    for (let number = 0; number < 30; number++) ours.push(await timed(() => sandbox.run(COMMAND)));
    for (let number = 0; number < 30; number++) floor.push(await timed(() => engineExec(id, ARGV)));
  }
  return [row("command, docker sandbox, p50", median(ours), median(floor))];
}

async function inParallel({ quick, progress }: Bench, { id, sandbox }: SandboxLease): Promise<readonly Row[]> {
  progress(`${PARALLEL} commands at once`);
  const [ours, floor]: [number[], number[]] = [[], []];
  const all = (run: () => Promise<unknown>) => timed(() => Promise.all(Array.from({ length: PARALLEL }, run)));
  for (let number = 0; number < (quick ? 1 : 5); number++) {
    ours.push(await all(() => sandbox.run(COMMAND)));
    floor.push(await all(() => engineExec(id, ARGV)));
  }
  return [row(`${PARALLEL} commands at once, docker sandbox, p50`, median(ours), median(floor))];
}

const row = (title: string, value: number, floor: number): Row => ({
  title,
  unit: "ms",
  value,
  floor: { title: FLOOR, value: floor },
  goal: { of: "ratio", atMost: 0.06 },
});

async function firstByte({ quick }: Bench, sandbox: Sandbox): Promise<Row> {
  const timings: number[] = [];
  for (let number = 0; number < (quick ? 5 : 100); number++) {
    const beganMs = performance.now();
    let arrivedMs: number | undefined;
    await sandbox.run("echo first; sleep 0.01", {
      onOutput: () => {
        arrivedMs ??= performance.now();
      },
    });
    timings.push((arrivedMs ?? Number.NaN) - beganMs);
  }
  const goal = { of: "value", atMost: 5 } as const;
  return { title: "command, to its first output, p50", unit: "ms", value: median(timings), goal };
}

/** The first hundred are the floor of the last hundred; the supervisor's memory is read inside. */
async function manyInARow({ quick, progress }: Bench, sandbox: Sandbox): Promise<readonly Row[]> {
  progress("a thousand commands in a row");
  const count = quick ? 20 : 1_000;
  const memoryKb = async () => {
    const { stdout } = await sandbox.run("cat /proc/1/status");
    return Number(/VmRSS:\s+(\d+)/.exec(stdout)?.[1]);
  };
  const before = await memoryKb();
  const timings: number[] = [];
  for (let number = 0; number < count; number++) timings.push(await timed(() => sandbox.run(COMMAND)));
  const share = count / 10;
  return [
    {
      title: "command, after 900 others, p50",
      unit: "ms",
      value: median(timings.slice(-share)),
      floor: { title: "the first of them", value: median(timings.slice(0, share)) },
      goal: { of: "ratio", atMost: 1.25 },
    },
    {
      title: "supervisor's growth over 1,000 commands",
      unit: "kB",
      value: (await memoryKb()) - before,
      goal: { of: "value", atMost: 128 },
    },
  ];
}

async function flood({ quick, progress }: Bench, sandbox: Sandbox): Promise<readonly Row[]> {
  progress("a flood of output");
  const megabytes = quick ? 20 : 400;
  await sandbox.run("head -c 20M /dev/zero");
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 20);
  const ms = await timed(() => sandbox.run(`head -c ${megabytes}M /dev/zero`));
  clearInterval(watch);
  const grown = (peak - before) / 1024 / 1024;
  return [
    { title: "output of a command", unit: "MB/s", value: (megabytes / ms) * 1_000, goal: { of: "value", atLeast: 80 } },
    { title: "memory it takes here", unit: "MB", value: grown, goal: { of: "value", atMost: 64 } },
  ];
}
