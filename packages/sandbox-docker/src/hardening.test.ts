import type { SandboxLease } from "@claw/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dockerSandbox } from "./docker-sandbox.ts";
import { type TemporaryDirectory, temporaryDirectory, testEngine, whyNoEngine } from "./engine.fixture.ts";

const reason = await whyNoEngine();

describe.skipIf(reason !== undefined)(`a sandbox${reason === undefined ? "" : `, skipped: ${reason}`}`, () => {
  let directory: TemporaryDirectory;
  let lease: SandboxLease;

  beforeAll(async () => {
    directory = await temporaryDirectory();
    const provider = dockerSandbox({ stateDir: directory.path });
    const limits = { cpus: 0.5, memoryMb: 96, pids: 64 };
    lease = await provider.acquire({ key: "hardening", workspace: { access: "none" }, network: "none", ...limits });
  });

  afterAll(async () => {
    await lease[Symbol.asyncDispose]();
    await directory[Symbol.asyncDispose]();
  });

  const sh = async (command: string) => (await lease.sandbox.run(command, { timeoutMs: 60_000 })).stdout.trim();

  test("is created with every power taken away", async () => {
    const { Config, HostConfig, Mounts } = await (await testEngine()).getContainer(lease.id).inspect();
    expect(HostConfig).toMatchObject({
      CapAdd: null,
      CapDrop: ["ALL"],
      Devices: null,
      AutoRemove: true,
      Init: false,
      IpcMode: "private",
      LogConfig: { Type: "none" },
      Memory: 96 * 1024 * 1024,
      MemorySwap: 96 * 1024 * 1024,
      NanoCpus: 5e8,
      NetworkMode: "none",
      PidMode: "",
      PidsLimit: 64,
      PortBindings: null,
      Privileged: false,
      ReadonlyRootfs: true,
      RestartPolicy: { Name: "no" },
      SecurityOpt: ["no-new-privileges", expect.stringMatching(/^seccomp=\{"defaultAction":"SCMP_ACT_ERRNO"/)],
      Tmpfs: {
        "/tmp": "rw,nosuid,nodev,mode=1777,size=48m",
        "/run/secrets": "rw,nosuid,nodev,noexec,mode=0700,uid=10001,gid=10001,size=1m",
      },
      Ulimits: [
        { Name: "core", Hard: 0, Soft: 0 },
        { Name: "nofile", Hard: 4_096, Soft: 4_096 },
        { Name: "fsize", Hard: 10_240 * 1024 * 1024, Soft: 10_240 * 1024 * 1024 },
      ],
      MaskedPaths: expect.arrayContaining(["/proc/kcore", "/proc/keys", "/sys/firmware"]),
      ReadonlyPaths: expect.arrayContaining(["/proc/sys", "/proc/sysrq-trigger"]),
      UTSMode: "",
      UsernsMode: "",
    });
    expect(Config).toMatchObject({
      Labels: { "claw.sandbox": "hardening" },
      User: expect.not.stringMatching(/^(0|root|)(:|$)/),
    });
    expect(Mounts).toHaveLength(1);
    expect(Mounts[0]).toMatchObject({ Destination: "/workspace", Propagation: "rprivate", RW: true, Type: "bind" });
  });

  test("runs commands as nobody special, without capabilities and with a system call filter", async () => {
    expect(Number(await sh("id -u"))).toBeGreaterThan(0);
    const status = await sh("grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status");
    for (const set of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]) {
      expect(status).toMatch(new RegExp(`^${set}:\\s+0{16}$`, "m"));
    }
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    expect(status).toMatch(/^Seccomp:\s+2$/m);
  });

  test("has a loopback interface, no route and no name service", async () => {
    expect(await sh("ls /sys/class/net")).toBe("lo");
    expect(await sh("tail -n +2 /proc/net/route; grep -v ' lo$' /proc/net/ipv6_route")).toBe("");
    expect(await sh("curl -s --max-time 3 http://1.1.1.1 || echo unreachable")).toBe("unreachable");
  });

  test("can write to the workspace and /tmp and nowhere else", async () => {
    const places = ["/", "/etc", "/usr/bin", "/var/tmp", "/root", "/run", "/workspace", "/tmp"];
    const writable = await sh(
      `for place in ${places.join(" ")}; do touch $place/probe 2>/dev/null && echo $place; done`,
    );
    expect(writable.split("\n")).toEqual(["/workspace", "/tmp"]);
    expect(await sh("touch $HOME/in-home && echo written")).toBe("written");
  });

  test("gains nothing from a set-user-id program", async () => {
    expect(await sh("find / -xdev -perm -4000 -name su 2>/dev/null; su -c id 2>/dev/null || echo refused")).toMatch(
      /refused$/,
    );
  });

  test("keeps its first process out of the commands' reach", async () => {
    const attempts = [
      "echo forged > /proc/1/fd/1",
      "head -c 1 /proc/1/fd/0",
      "cat /proc/1/environ",
      "dd if=/proc/1/mem bs=1 count=1",
      "echo forged > /proc/$PPID/fd/1",
      "python3 -c 'import ctypes; exit(ctypes.CDLL(None).ptrace(16, 1, 0, 0) != 0)'",
    ];
    for (const attempt of attempts) expect(await sh(`(${attempt}) >/dev/null 2>&1 && echo done`), attempt).toBe("");
    expect(await sh("kill -9 1; kill -STOP 1; kill -TERM 1; cat /proc/1/comm")).toBe("claw-supervisor");
  });

  test("keeps a fork bomb within its processes and works on afterwards", async () => {
    const bomb = await lease.sandbox.run("bomb() { bomb | bomb & }; bomb 2>/dev/null; sleep 60", { timeoutMs: 1_500 });
    expect(bomb).toMatchObject({ exitCode: 124, timedOut: true });
    expect(Number(await sh("ls -d /proc/[0-9]* | wc -l"))).toBeLessThan(12);
  }, 40_000);

  test("kills what takes more memory than it may and works on afterwards", async () => {
    const greedy = await lease.sandbox.run("python3 -c 'x = bytearray(400_000_000)'", { timeoutMs: 60_000 });
    expect(greedy).toMatchObject({ exitCode: 137, timedOut: false });
    expect(await sh("echo alive")).toBe("alive");
  });

  test("counts what lies in /tmp and stops at its size", async () => {
    const fill = await lease.sandbox.run("head -c 60M /dev/zero > /tmp/fill; rm -f /tmp/fill", { timeoutMs: 60_000 });
    expect(fill.stderr).toMatch(/No space left/);
  });
});
