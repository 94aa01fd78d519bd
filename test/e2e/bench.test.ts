import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const run = promisify(execFile);

interface Row {
  readonly title: string;
  readonly value?: number;
  readonly floor?: { readonly value: number };
}

function bench(...args: readonly string[]) {
  const argv = ["--conditions=@claw/source", "bench/src/main.ts", "--quick", ...args];
  return run(process.execPath, argv, { cwd: ROOT });
}

test("the benchmark measures every part of the chosen figures, each beside its floor", async () => {
  const names = [
    "turn-overhead",
    "throughput",
    "long-session",
    "streaming",
    "many-sockets",
    "hostile-clients",
    "virtual-tool-call",
    "egress",
    "websocket-echo",
  ];
  const { stdout, stderr } = await bench("--json", ...names.flatMap((name) => ["--only", name]));

  const report: { readonly quick: boolean; readonly rows: readonly Row[] } = JSON.parse(stdout);
  expect(report.quick).toBe(true);
  expect(report.rows.map(({ title }) => title)).toEqual([
    "turn, to the first delta, p50",
    "turn, to the first delta, p95",
    "turn, to the end, p50",
    "turn, to the end, p95",
    "turns a second, 1 session",
    "turns a second, 10 sessions",
    "turns a second, 100 sessions",
    "turn after 10 messages, p50",
    "token on its way, 4 answers at once, p50",
    "token on its way, 4 answers at once, p99",
    "token on its way, 4 answers at once, the latest",
    "100 sockets at once, the last greeted",
    "an idle socket",
    "an idle socket, beyond it",
    "turn during 20 listeners that stop reading, p95",
    "turn during 200 upgrades that never end, p95",
    "turn during slowhttptest with 200 connections, p95",
    "turn during 200 wrong tokens a second, p95",
    "tool call, virtual sandbox, p50",
    "tool call, virtual sandbox, p95",
    "request through the egress proxy, p50",
    "download through a tunnel of the egress proxy",
    "echo of a bare WebSocket, p50",
  ]);
  for (const { title, value, floor } of report.rows) {
    // Of a few sockets, a page of memory more or less decides.
    if (!title.startsWith("an idle socket")) expect(value, title).toBeGreaterThan(0);
    if (title.startsWith("turn")) expect(floor?.value, title).toBeGreaterThan(0);
  }
  for (const name of names) expect(stderr).toContain(name);
});

test("the benchmark names the figures there are when it is asked for another", async () => {
  await expect(bench("--only", "speed")).rejects.toThrow(/no figure speed[\s\S]+turn-overhead/);
});
