import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sandbox } from "@claw/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type VirtualSandboxOptions, virtualSandbox } from "./index.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "claw-virtual-test-"));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

function acquire(options: Partial<VirtualSandboxOptions> = {}, memoryMb?: number) {
  return virtualSandbox({ stateDir: join(directory, "state"), ...options }).acquire({
    key: "test",
    workspace: { access: "none" },
    network: "none",
    ...(memoryMb === undefined ? {} : { memoryMb }),
  });
}

const privateWorkspace = async () => {
  const root = join(directory, "state", "workspaces");
  return join(root, (await readdir(root))[0] ?? "");
};

test("the tools a shell is used for work together", async () => {
  await using lease = await acquire();
  const script = `
    printf '{"n":%d}\\n' 3 1 2 > in.jsonl
    jq -r .n in.jsonl | sort -n | awk '{ sum += $1 } END { print sum }'
    sed -i 's/"n"/"m"/' in.jsonl && grep -c '"m"' in.jsonl
    find . -name '*.jsonl' | xargs wc -l | tr -s ' '
    tar czf all.tgz in.jsonl && tar tzf all.tgz
    command -v ls; cat /dev/null && echo quiet > /dev/null`;
  const { stdout, stderr, exitCode } = await lease.sandbox.run(script);
  expect({ stdout, stderr, exitCode }).toMatchInlineSnapshot(`
    {
      "exitCode": 0,
      "stderr": "",
      "stdout": "6
    3
    3 ./in.jsonl
    in.jsonl
    /usr/bin/ls
    ",
    }
  `);
});

test("programs that are not there say so", async () => {
  await using lease = await acquire();
  for (const name of ["python3", "node", "git", "curl", "sqlite3"]) {
    const { exitCode, stderr } = await lease.sandbox.run(`${name} --version`);
    expect([exitCode, stderr]).toEqual([
      127,
      `bash: ${name}: command not found
`,
    ]);
  }
});

test("a command that needs too much memory ends, and the next one runs", async () => {
  await using lease = await acquire({}, 64);
  const hog = "a=(); for i in {1..900}; do a+=(\"$(printf '%0200000d' $i)\"); done; echo survived";
  const ended = await lease.sandbox.run(hog).then(
    ({ stdout }) => stdout,
    (error: { code: string }) => error.code,
  );
  expect(ended).not.toContain("survived");
  expect((await lease.sandbox.run("echo alive")).stdout).toBe("alive\n");
});

test("a FIFO the host left in the workspace blocks no command", async () => {
  await using lease = await acquire();
  await lease.sandbox.list(".");
  execFileSync("mkfifo", [join(await privateWorkspace(), "pipe")]);
  for (const command of [
    "cat pipe",
    "grep x pipe",
    "cp pipe copy",
    "mv pipe /tmp/moved",
    "tar cf x.tar pipe",
    "wc < pipe",
  ]) {
    expect((await lease.sandbox.run(command, { timeoutMs: 5_000 })).timedOut, command).toBe(false);
  }
});

test("a command makes no link, and finds none that it could move about", async () => {
  await using lease = await acquire();
  await lease.sandbox.list(".");
  const workspace = await privateWorkspace();
  await writeFile(join(directory, "secret"), "the host's secret");
  await symlink(directory, join(workspace, "out"));
  const { stdout } = await lease.sandbox.run(
    "ln -s / root; cp -r out copy; mv out moved; cat copy/secret moved/secret",
  );
  expect(stdout).not.toContain("secret");
  expect(await readdir(workspace)).not.toContain("root");
});

test("ending a stuck command loses what ran beside it, and says so", async () => {
  await using lease = await acquire();
  await lease.sandbox.run("true");
  const beside = lease.sandbox.run("sleep 30");
  const stuck = lease.sandbox.run("while :; do :; done", { timeoutMs: 200 });
  await expect(beside).rejects.toMatchObject({ code: "SANDBOX_LOST" });
  expect((await stuck).exitCode).toBe(124);
});

test("an idle interpreter is let go, and /tmp and the workspace stay until the lease ends", async () => {
  const lease = await acquire({ idleMs: 1 });
  await lease.sandbox.run("echo kept > /tmp/note; cp /tmp/note note");
  for (let round = 0; round < 5; round++) {
    expect((await lease.sandbox.run("cat /tmp/note note")).stdout).toBe("kept\nkept\n");
  }
  await lease[Symbol.asyncDispose]();
  await using again = await acquire();
  expect((await again.sandbox.run("cat note; cat /tmp/note")).stdout).toBe("kept\n");
});

test("private workspaces are for their owner only", async () => {
  await using lease = await acquire();
  await lease.sandbox.list(".");
  expect((await stat(await privateWorkspace())).mode & 0o077).toBe(0);
});

test("sandboxes that append to one new file at once all get their lines in", async () => {
  const provider = virtualSandbox({ stateDir: join(directory, "state") });
  const path = join(directory, "shared");
  await mkdir(path);
  await using leases = new AsyncDisposableStack();
  const sandboxes: Sandbox[] = [];
  for (const key of ["a", "b", "c", "d"]) {
    const lease = await provider.acquire({ key, workspace: { access: "rw", path }, network: "none" });
    sandboxes.push(leases.use(lease).sandbox);
  }
  await Promise.all(sandboxes.map((sandbox) => sandbox.run("true")));
  for (let n = 0; n < 40; n++) {
    await Promise.all(sandboxes.map((sandbox, who) => sandbox.run(`mkdir -p logs; echo ${who} >> logs/${n}.txt`)));
    const lines = (await readFile(join(path, "logs", `${n}.txt`), "utf8")).trim().split("\n");
    expect(lines.toSorted()).toEqual(["0", "1", "2", "3"]);
  }
});

test("appending makes nothing outside, by a link to a directory or a file that is not there", async () => {
  await using lease = await acquire();
  await lease.sandbox.run("true");
  const outside = join(directory, "outside");
  await mkdir(outside);
  await symlink(outside, join(await privateWorkspace(), "away"));
  await symlink(join(outside, "file"), join(await privateWorkspace(), "dangling"));
  for (const target of ["away/file", "dangling", "../../../outside/file"]) {
    await lease.sandbox.run(`echo out >> ${target}`);
  }
  expect(await readdir(outside)).toEqual([]);
});
