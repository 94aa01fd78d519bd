import { execFile, execFileSync } from "node:child_process";
import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { sandboxContract } from "@claw/core/testing";
import { dockerSandbox, probeDocker } from "@claw/sandbox-docker";
import { dockerSeccompProfile } from "@claw/sandbox-supervisor";
import Docker from "dockerode";
import { beforeAll, describe, expect, test } from "vitest";
import { testProxy } from "./proxy.fixture.ts";

const supervisorScript = new URL("../../sandbox-supervisor/native/build-all.sh", import.meta.url).pathname;

const probe = await probeDocker();
if (!probe.reachable && process.env["CI"] === "true") throw new Error(probe.reason);
const reason = probe.reachable ? "" : `, skipped: ${probe.reason}`;

const IMAGE = "claw-sandbox:bookworm";
const policy = { images: [IMAGE, "claw-supervised:*"] };
const sandboxPolicy = { ...policy, seccomp: dockerSeccompProfile() };
const run = promisify(execFile);
const DEBIAN_CLIENT = "/usr/bin/docker";
/** Every body has 64 kB at most, and an exec's command is in one. */
const TOO_LONG_FOR_AN_EXEC = "a command longer than the system's argument limit runs";

describe.skipIf(!probe.reachable)(`before a real engine${reason}`, () => {
  test("a container lives its whole life by Docker's own client", async () => {
    await using proxy = await testProxy({ policy });
    const docker = async (...args: readonly string[]): Promise<string> => {
      const { stdout } = await run(DEBIAN_CLIENT, ["-H", `unix://${proxy.path}`, ...args]);
      return stdout.trim();
    };
    expect(await docker("run", "--rm", IMAGE, "id", "-u")).toBe("10001");
    await docker("run", "-d", "-i", "--name", "alice-life", IMAGE, "sh", "-c", "echo said; exec sleep 300");
    try {
      expect(await docker("exec", "alice-life", "grep", "-c", "^CapEff:\t0*$", "/proc/self/status")).toBe("1");
      await expect(docker("exec", "alice-life", "sh", "-c", "exit 3")).rejects.toMatchObject({ code: 3 });
      expect(await docker("ps", "--format", "{{.Names}}")).toBe("alice-life");
      expect(await docker("logs", "alice-life")).toBe("said");
      expect(await docker("inspect", "-f", "{{.HostConfig.NetworkMode}}", "alice-life")).toBe("none");
      for (const call of ["top", "pause", "unpause", "kill"]) expect(await docker(call, "alice-life")).not.toBe("");
      expect(await docker("wait", "alice-life")).toBe("137");
      await expect(docker("cp", "alice-life:/etc/hostname", "-")).rejects.toThrow("docker-proxy");
      await expect(docker("run", "--privileged", IMAGE, "id")).rejects.toThrow("HostConfig.Privileged");
    } finally {
      await docker("rm", "-f", "alice-life");
    }
  });

  test("a container lives its whole life by dockerode", async () => {
    await using proxy = await testProxy({ policy });
    const engine = new Docker({ socketPath: proxy.path });
    const body = { Image: IMAGE, Cmd: ["cat"], OpenStdin: true, StdinOnce: true, Env: ["TOKEN=secret"] };
    const options = { _query: { name: "alice-dockerode" }, _body: body } as unknown as Docker.ContainerCreateOptions;
    const container = await engine.createContainer(options);
    try {
      const stream = await container.attach({ stream: true, stdin: true, stdout: true, hijack: true });
      await container.start();
      stream.end("through the stream\n");
      let echoed = "";
      for await (const chunk of stream) echoed += chunk;
      expect(echoed).toContain("through the stream");
      expect(await container.wait()).toMatchObject({ StatusCode: 0 });
      expect(JSON.stringify(await container.inspect())).not.toContain("secret");
    } finally {
      await container.remove({ force: true });
    }
    expect(await engine.listContainers({ all: true })).toEqual([]);
  });

  test("a command that is too long for a body is refused as the proxy's own decision", async () => {
    await using proxy = await testProxy({ policy });
    const { status, body } = await proxy.ask("POST", `/containers/${"a".repeat(64)}/exec`, {
      Cmd: ["x".repeat(70_000)],
    });
    expect([status, JSON.parse(body).rule]).toEqual([413, "body.size"]);
  });

  test("a container of somebody else is not there", async () => {
    await using alice = await testProxy({ policy });
    await using bob = await testProxy({ policy: { ...policy, namePrefix: "alice-" }, tenant: "bob" });
    const [hers, his] = [alice, bob].map(({ path }) => new Docker({ socketPath: path }));
    const options = { _query: { name: "alice-hers" }, _body: { Image: IMAGE, Cmd: ["sleep", "60"] } };
    const container = await hers?.createContainer(options as unknown as Docker.ContainerCreateOptions);
    try {
      await expect(his?.getContainer("alice-hers").inspect()).rejects.toMatchObject({ statusCode: 404 });
      await expect(his?.getContainer(container?.id ?? "").remove()).rejects.toMatchObject({ statusCode: 404 });
      expect(await his?.listContainers({ all: true })).toEqual([]);
    } finally {
      await container?.remove({ force: true });
    }
  });
});

describe.skipIf(!probe.reachable).each(["supervisor", "engine"])(
  `the Docker sandbox keeps its contract through the proxy, commands run by the %s${reason}`,
  (runner) => {
    beforeAll(() => void execFileSync(supervisorScript));

    const cases = sandboxContract({
      async create() {
        const state = "state/sandboxes/*/workspace";
        const directory = await testProxy();
        await chmod(directory.workspace, 0o755);
        const workspace = join(directory.workspace, "workspace");
        await mkdir(workspace);
        const proxy = await testProxy({
          tenant: "claw",
          policy: { ...sandboxPolicy, workspaces: [workspace, join(directory.workspace, state)] },
        });
        const provider = dockerSandbox({
          stateDir: join(directory.workspace, "state"),
          proxy: `unix://${proxy.path}`,
          supervised: runner === "supervisor",
        });
        return {
          provider,
          workspace,
          async [Symbol.asyncDispose]() {
            await proxy[Symbol.asyncDispose]();
            await directory[Symbol.asyncDispose]();
          },
        };
      },
      ...(runner === "engine" ? { withoutProcesses: true } : {}),
    });
    const provable = cases.filter(({ name }) => runner === "supervisor" || name !== TOO_LONG_FOR_AN_EXEC);
    for (const { name, run: prove } of provable) test(name, prove);
  },
);
