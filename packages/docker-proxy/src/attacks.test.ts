import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { configs, execs, hostConfigs, others, roots, tolerated } from "./attacks.fixture.ts";
import { fakeEngine, OWN, type TestProxy, testProxy } from "./proxy.fixture.ts";

let directory: string;
let engine: Awaited<ReturnType<typeof fakeEngine>>;
let proxy: TestProxy;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "claw-fake-engine-"));
  engine = await fakeEngine(directory);
  proxy = await testProxy({ engine: engine.path });
});

beforeEach(() => {
  engine.forwarded.length = 0;
});

afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  engine.close();
  await rm(directory, { recursive: true, force: true });
});

describe.each([
  ["what the engine tolerates", tolerated],
  ["the host's configuration", hostConfigs],
  ["a container's configuration", configs],
  ["commands", execs],
  ["what is another's", others],
  ["other calls", roots],
])("nothing is forwarded of %s:", (_kind, attacks) => {
  test.each(attacks.map(([what, method, target, body = ""]) => [what, method, target, body] as const))(
    "%s",
    async (_what, method, target, body) => {
      const before = proxy.decisions.length;
      const { status, body: answer } = await proxy.ask(method, target, body || undefined);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      if (method !== "HEAD")
        expect(JSON.parse(answer)).toMatchObject({
          message: expect.stringMatching(/^docker-proxy: /),
          rule: expect.any(String),
        });
      expect(engine.forwarded).toEqual([]);
      expect(proxy.decisions.slice(before)).toMatchObject([{ tenant: "alice", verdict: "deny" }]);
    },
  );
});

describe("what is forwarded", () => {
  test("is a new request with the full id, our version and our headers", async () => {
    await proxy.ask("POST", "/v1.24/containers/alice-one/stop?t=3");
    const headers = { host: "docker", "content-length": "0", connection: "close" };
    expect(engine.forwarded).toEqual([{ method: "POST", url: `/v1.41/containers/${OWN}/stop?t=3`, headers, body: "" }]);
  });

  test("is a container of which every line is ours", async () => {
    const asked = {
      Image: "claw-sandbox:bookworm",
      Cmd: ["sh", "-c", "true"],
      Entrypoint: [],
      Env: ["A=b"],
      Labels: { "claw.sandbox": "x" },
      HostConfig: {
        Memory: 64 * 1024 * 1024,
        Mounts: [{ Type: "bind", Source: proxy.workspace, Target: "/workspace", ReadOnly: true }],
        Tmpfs: { "/tmp": "rw,noexec,uid=10001,gid=10001,size=1g" },
      },
    };
    expect(await proxy.ask("POST", "/containers/create?name=alice-x", asked)).toMatchObject({ status: 201 });
    const [request] = engine.forwarded;
    expect(request?.url).toBe("/v1.41/containers/create?name=alice-x");
    expect(JSON.parse(request?.body ?? "")).toEqual({
      Image: "claw-sandbox:bookworm",
      Cmd: ["sh", "-c", "true"],
      Entrypoint: [],
      Env: ["A=b"],
      Labels: { "claw.sandbox": "x", "docker-proxy.tenant": "alice" },
      User: "10001:10001",
      Tty: false,
      OpenStdin: false,
      StdinOnce: false,
      AttachStdin: false,
      AttachStdout: false,
      AttachStderr: false,
      Healthcheck: { Test: ["NONE"] },
      HostConfig: {
        AutoRemove: false,
        Init: false,
        NetworkMode: "none",
        CapDrop: ["ALL"],
        SecurityOpt: ["no-new-privileges"],
        Privileged: false,
        ReadonlyRootfs: true,
        IpcMode: "private",
        CgroupnsMode: "private",
        Memory: 64 * 1024 * 1024,
        MemorySwap: 64 * 1024 * 1024,
        NanoCpus: 2e9,
        PidsLimit: 512,
        Ulimits: [{ Name: "core", Soft: 0, Hard: 0 }],
        Tmpfs: { "/tmp": `rw,nosuid,nodev,noexec,uid=10001,gid=10001,size=${256 * 1024 * 1024}` },
        Mounts: [
          {
            Type: "bind",
            Source: proxy.workspace,
            Target: "/workspace",
            ReadOnly: true,
            BindOptions: { Propagation: "rprivate", NonRecursive: true },
          },
        ],
        LogConfig: { Type: "local", Config: { "max-size": "1m", "max-file": "1", compress: "false" } },
        RestartPolicy: { Name: "no" },
      },
    });
  });

  test("of a container without a name has one that is the tenant's", async () => {
    await proxy.ask("POST", "/containers/create", { Image: "claw-sandbox:bookworm" });
    expect(engine.forwarded[0]?.url).toMatch(/\?name=alice-[0-9a-f]{16}$/);
  });

  test("of a list asks for the tenant's containers alone, whatever else was asked", async () => {
    const filters = encodeURIComponent(
      JSON.stringify({ label: { "docker-proxy.tenant=bob": true }, status: ["exited"] }),
    );
    await proxy.ask("GET", `/containers/json?limit=5&filters=${filters}`);
    const query = new URLSearchParams(engine.forwarded[0]?.url.split("?")[1]);
    expect(JSON.parse(query.get("filters") ?? "")).toEqual({
      label: ["docker-proxy.tenant=bob", "docker-proxy.tenant=alice"],
      status: ["exited"],
    });
  });
});

describe("a container", () => {
  const Image = "claw-sandbox:bookworm";
  const built = () => JSON.parse(engine.forwarded[0]?.body ?? "null");

  test("whose user is a number alone is in that group, and not in root's", async () => {
    await proxy.ask("POST", "/containers/create", { Image, User: "4711" });
    expect(built()).toMatchObject({ User: "4711:4711" });
  });

  test("has no mount inside of a workspace", async () => {
    const bind = { Type: "bind", Source: proxy.workspace };
    const Mounts = [
      { ...bind, Target: "/home" },
      { ...bind, Target: "/home/inner" },
    ];
    for (const HostConfig of [{ Mounts }, { Mounts: Mounts.slice(0, 1), Tmpfs: { "/home/tmp": "" } }]) {
      const { status, body } = await proxy.ask("POST", "/containers/create", { Image, HostConfig });
      expect([status, JSON.parse(body).rule]).toEqual([403, "mounts"]);
    }
    expect(engine.forwarded).toEqual([]);
  });

  test("may ask for the seccomp profile that it gets anyway, and for no other", async () => {
    const policy = { images: [Image], seccomp: '{"defaultAction":"SCMP_ACT_ERRNO"}' };
    await using strict = await testProxy({ engine: engine.path, policy });
    const ask = (profile: string) =>
      strict.ask("POST", "/containers/create", { Image, HostConfig: { SecurityOpt: [`seccomp=${profile}`] } });
    expect(await ask("{}")).toMatchObject({ status: 403 });
    expect(await ask(policy.seccomp)).toMatchObject({ status: 201 });
    expect(built().HostConfig.SecurityOpt).toEqual(["no-new-privileges", `seccomp=${policy.seccomp}`]);
  });

  test("is refused when the tenant has as many as there may be", async () => {
    for (const [containers, expected] of [
      [2, 403],
      [3, 201],
    ] as const) {
      await using full = await testProxy({ engine: engine.path, policy: { images: [Image], limits: { containers } } });
      const { status, body } = await full.ask("POST", "/containers/create", { Image });
      expect(status).toBe(expected);
      if (status === 403) expect(JSON.parse(body).message).toContain("raise the limit in the tenant's policy");
    }
  });

  test("has no more commands at once than it may have processes", async () => {
    const { status, body } = await proxy.ask("POST", "/containers/alice-busy/exec", { Cmd: ["id"] });
    expect([status, JSON.parse(body).rule]).toEqual([403, "limits.pids"]);
    expect(engine.forwarded).toEqual([]);
  });
});

test("what a container was told stays out of its description", async () => {
  const { status, body } = await proxy.ask("GET", "/containers/alice-one/json");
  expect(status).toBe(200);
  expect(JSON.parse(body)).toMatchObject({ Id: OWN, Name: "/alice-one" });
  expect(body).not.toContain("secret");
});

test("a refusal says which rule it was and what to do, to the client, the log and the record", async () => {
  const asked = { Image: "claw-sandbox:bookworm", HostConfig: { Memory: 1e12 }, Env: ["TOKEN=do-not-log-me"] };
  const { status, body } = await proxy.ask("POST", "/containers/create?name=alice-x", asked);
  expect(status).toBe(403);
  expect(JSON.parse(body).message).toMatch(/rule HostConfig\.Memory.*Raise limits\.memoryMb in the tenant's policy/);
  expect(proxy.decisions.at(-1)).toMatchObject({ action: "container.create", rule: "HostConfig.Memory" });
  expect(proxy.lines.at(-1)).toMatch(/refused.*HostConfig\.Memory/);
  expect(JSON.stringify([proxy.decisions, proxy.lines])).not.toContain("do-not-log-me");
});
