import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SandboxSpec } from "@claw/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type BwrapSandboxOptions, bwrapSandbox, probeBwrap } from "./index.ts";
import { compileSupervisor } from "./supervisor.fixture.ts";

compileSupervisor();

let directory: string;
let workspace: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "claw-bwrap-test-"));
  workspace = await mkdtemp(join(directory, "workspace-"));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

function acquire(options: Partial<BwrapSandboxOptions> = {}, spec: Partial<SandboxSpec> = {}) {
  return bwrapSandbox({ stateDir: join(directory, "state"), ...options }).acquire({
    key: "test",
    workspace: { access: "rw", path: workspace },
    network: "none",
    ...spec,
  });
}

/** The argument lists of every process of the machine. */
async function processList(): Promise<string> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  return (await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")))).join("\n");
}

test("this machine has bubblewrap, and a missing program says how to mend it", async () => {
  expect(await probeBwrap()).toEqual({
    available: true,
    version: expect.stringMatching(/^\d+\.\d+/),
    supervisor: expect.stringMatching(/claw-supervisor/),
  });
  expect(await probeBwrap({ bwrap: "no-such-bwrap" })).toEqual({
    available: false,
    reason: expect.stringContaining("install the package bubblewrap"),
  });
  await expect(acquire({ bwrap: "no-such-bwrap" })).rejects.toMatchObject({ code: "SANDBOX_UNAVAILABLE" });
});

test("nothing of a command is in the machine's process list", async () => {
  await using lease = await acquire();
  let listed: Promise<string> | undefined;
  const running = lease.sandbox.run(": marker-in-command; echo ready; while [ ! -e go ]; do sleep 0.01; done", {
    env: { TOKEN: "marker-in-env" },
    onOutput() {
      listed = processList().finally(() => lease.sandbox.writeFile("go", ""));
    },
  });
  expect((await running).exitCode).toBe(0);
  const list = await listed;
  expect(list).toContain("bwrap");
  expect(list).not.toContain("marker-in");
});

test("a NUL byte is refused and adds nothing of the caller's making", async () => {
  await using lease = await acquire();
  const attacks = [
    { env: { A: "x\0--bind\0/\0/tmp/host" } },
    { env: { "A\0--bind\0/\0/tmp/host\0--setenv\0B": "x" } },
    { cwd: "/workspace\0--bind\0/\0/tmp/host" },
  ];
  for (const options of attacks) {
    const { exitCode, stdout, stderr } = await lease.sandbox.run("ls /tmp", options);
    expect([exitCode, stdout]).toEqual([126, ""]);
    expect(stderr).toMatch(/NUL/);
  }
});

test("the gateway's descriptors and variables do not arrive", async () => {
  await using lease = await acquire();
  // Whatever started this test may have left descriptors open; 3 is the listing's own.
  const { stdout } = await lease.sandbox.run("ls /proc/self/fd | tr '\\n' ' '; cat /proc/*/environ | tr '\\0' '\\n'");
  const [descriptors, ...variables] = stdout.split(" \n").join(" ").split("PATH=");
  expect(descriptors).toMatch(/^0 1 2 3 /);
  expect(variables.join()).not.toMatch(/VITEST|NODE_|npm_/);
});

test("a command has no rights to gain or to use", async () => {
  await using lease = await acquire();
  const { stdout } = await lease.sandbox.run(
    "id -u; grep -E 'CapEff|CapBnd|NoNewPrivs' /proc/self/status | tr -d '\\t'",
  );
  expect(stdout.split("\n")).toEqual([
    "1000",
    "CapEff:0000000000000000",
    "CapBnd:0000000000000000",
    "NoNewPrivs:1",
    "",
  ]);
  for (const command of [
    "unshare -U true",
    "unshare -m true",
    "mount -t tmpfs x /tmp",
    "mknod /tmp/x c 1 3",
    "chroot / true",
  ]) {
    expect((await lease.sandbox.run(command)).exitCode, command).not.toBe(0);
  }
});

test("of the host only programs are visible, and none of it is writable", async () => {
  await using lease = await acquire();
  const { stdout } = await lease.sandbox.run(
    "ls /; ls /etc /run /sys /home /root /var 2>&1; ls /proc | grep -c '^[0-9]'",
  );
  const root = stdout.split("\n").filter((name) => !name.startsWith("/"));
  expect(root).toEqual(expect.arrayContaining(["usr", "workspace", "tmp", "proc", "dev"]));
  for (const hidden of ["shadow", "ssh", "docker.sock", "hostname", "machine-id"]) expect(root).not.toContain(hidden);
  expect(stdout).toMatch(/cannot access '\/home'/);
  for (const path of ["/x", "/usr/x", "/etc/x", "/dev/x", "/run/x"]) {
    expect((await lease.sandbox.run(`echo x > ${path}`)).exitCode, path).not.toBe(0);
  }
});

test("memory, files and /tmp are limited, and /tmp is new for every sandbox", async () => {
  await using lease = await acquire({ tmpMb: 1 }, { memoryMb: 64 });
  const hungry = await lease.sandbox.run("x=$(head -c 200000000 /dev/zero | tr '\\0' x); echo survived");
  expect(hungry.stdout).not.toContain("survived");
  const full = await lease.sandbox.run("head -c 2000000 /dev/zero > /tmp/full");
  expect(full.stderr).toContain("No space left");
  await using other = await acquire();
  expect((await other.sandbox.run("ls -A /tmp")).stdout).toBe("");
});

test("a process left in the background keeps no command waiting and ends with the sandbox", async () => {
  const ticks = async () => (await readFile(join(workspace, "ticks"))).length;
  {
    await using lease = await acquire();
    const loop = "while :; do echo x >> ticks; sleep 0.01; done";
    const { stdout, exitCode } = await lease.sandbox.run(`setsid bash -c '${loop}' & echo started`, {
      timeoutMs: 60_000,
    });
    expect([stdout, exitCode]).toEqual(["started\n", 0]);
    await lease.sandbox.run("while [ ! -s ticks ]; do sleep 0.01; done");
    const before = await ticks();
    await lease.sandbox.run("sleep 0.1");
    expect(await ticks()).toBeGreaterThan(before);
  }
  const atEnd = await ticks();
  await using next = await acquire();
  await next.sandbox.run("sleep 0.1");
  expect(await ticks()).toBe(atEnd);
});

test("a command costs a fraction of a new sandbox", async () => {
  await using lease = await acquire();
  const timed = async (work: () => Promise<unknown>) => {
    const startedAt = performance.now();
    for (let number = 0; number < 20; number++) await work();
    return performance.now() - startedAt;
  };
  const command = await timed(() => lease.sandbox.run("true"));
  const sandbox = await timed(async () => {
    await using _ = await acquire();
  });
  expect(command).toBeLessThan(sandbox / 2);
});

test("a sandbox that ends under a command is lost, and the reason is told", async () => {
  await using lease = await acquire();
  const { promise: started, resolve } = Promise.withResolvers<void>();
  const running = lease.sandbox.run("echo started; sleep 60", { onOutput: () => resolve() });
  const lost = expect(running).rejects.toMatchObject({ code: "SANDBOX_LOST" });
  await started;
  const [first] = await supervisorsOf(process.pid);
  process.kill(first ?? Number.NaN, "SIGKILL");
  await lost;
  await expect(lease.sandbox.run("true")).rejects.toMatchObject({ code: "SANDBOX_LOST" });
});

/** Processes called so below a process, as the host counts them. */
async function supervisorsOf(ancestor: number): Promise<number[]> {
  const found: number[] = [];
  for (const child of (await readFile(`/proc/${ancestor}/task/${ancestor}/children`, "utf8"))
    .split(" ")
    .filter(Boolean)) {
    const name = await readFile(`/proc/${child}/comm`, "utf8").catch(() => "");
    if (name === "supervisor\n") found.push(Number(child));
    else found.push(...(await supervisorsOf(Number(child)).catch(() => [])));
  }
  return found;
}

test("file calls resolve a link to /workspace as a command does", async () => {
  await using lease = await acquire();
  await lease.sandbox.run("mkdir real; echo in > real/file; ln -s /workspace/real link; ln -s /workspace root");
  expect(Buffer.from((await lease.sandbox.readFile("root/link/file")) ?? []).toString()).toBe("in\n");
  await lease.sandbox.writeFile("link/new/file", "made");
  expect((await lease.sandbox.run("cat real/new/file")).stdout).toBe("made");
});

test("a directory that becomes a link in the middle of a file call leads nowhere", async () => {
  await using lease = await acquire();
  const outside = join(directory, "outside");
  await lease.sandbox.run("mkdir d; echo inside > d/name");
  await symlink(outside, join(workspace, "link"));
  await mkdir(outside);
  await writeFile(join(outside, "name"), "outside");
  const stop = new AbortController();
  const swapping = lease.sandbox
    .run("while :; do mv -T d e; rm -rf d; mv -T link d; mv -T d link; rm -rf d; mv -T e d; done", {
      signal: stop.signal,
    })
    .catch(() => undefined);
  const seen = new Set<string>();
  const look = async () => {
    const read = await lease.sandbox.readFile("d/name").catch((error: { code: string }) => error.code);
    seen.add(typeof read === "string" ? read : read === undefined ? "missing" : Buffer.from(read).toString());
    await lease.sandbox.writeFile("d/written", "x").catch(() => undefined);
  };
  // Many at once: the more there is to do between looking and opening, the more the swap can do in between.
  for (let round = 0; round < 40; round++) await Promise.all(Array.from({ length: 50 }, look));
  stop.abort();
  await swapping;
  expect(seen).toContain("inside\n");
  expect(seen).toContain("SANDBOX_PATH_ESCAPE");
  expect(seen).not.toContain("outside");
  expect(await readdir(outside)).toEqual(["name"]);
});
