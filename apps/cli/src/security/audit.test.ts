import { once } from "node:events";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCli, temporaryHome } from "../testing/cli.ts";
import type { Finding } from "./finding.ts";

/** What stands where an engine would. */
async function engineAt(path: string, server: string, securityOptions: readonly string[] = []) {
  const info = { SecurityOptions: securityOptions, MemoryLimit: true, PidsLimit: true };
  const listening = createServer((request, response) => {
    response.writeHead(200, { server }).end(request.url === "/_ping" ? "OK" : JSON.stringify(info));
  }).listen(path);
  await once(listening, "listening");
  return { [Symbol.asyncDispose]: async () => void listening.close() };
}

async function site(config: string) {
  const home = await temporaryHome();
  await mkdir(home.stateDir, { mode: 0o700 });
  await writeFile(home.configPath, config, { mode: 0o600 });
  const socket = join(home.home, "engine.sock");
  return {
    ...home,
    socket,
    async audit(env: Readonly<Record<string, string>> = {}) {
      const all = { ...home.env, DOCKER_HOST: `unix://${socket}`, ...env };
      const { exitCode, stdout, stderr } = await runCli(["security", "audit", "--json"], { env: all });
      const findings: readonly Finding[] = stdout === "" ? [] : JSON.parse(stdout).findings;
      const of = (severity: string) => findings.filter((one) => one.severity === severity).map(({ id }) => id);
      return { exitCode, stderr, findings, critical: of("critical"), warning: of("warning"), note: of("note") };
    },
  };
}

const SAFE = ["name=seccomp,profile=default", "name=apparmor", "name=userns"];

test("a gateway as it is installed has nothing critical, and the exit code says so", async () => {
  await using here = await site("{}");
  const { exitCode, critical } = await here.audit();
  expect({ exitCode, critical }).toEqual({ exitCode: 0, critical: [] });
});

test("a gateway in a container that holds the engine's own socket is critical, and one that holds a proxy's is not", async () => {
  await using here = await site("{}");
  {
    await using _engine = await engineAt(here.socket, "Docker/28.1.0 (linux)", SAFE);
    const { exitCode, findings, critical } = await here.audit({ container: "docker" });
    expect({ exitCode, critical }).toEqual({ exitCode: 1, critical: ["engine.raw-socket"] });
    expect(findings[0]?.mend).toContain("docker-proxy");
  }
  await using _proxy = await engineAt(here.socket, "claw-docker-proxy");
  expect((await here.audit({ container: "docker" })).critical).toEqual([]);
});

test("an engine without seccomp is critical, and its lesser walls are notes", async () => {
  await using here = await site("{}");
  await using _engine = await engineAt(here.socket, "Docker/28.1.0 (linux)");
  const { critical, note } = await here.audit();
  expect(critical).toContain("engine.no-seccomp");
  expect(note).toEqual(expect.arrayContaining(["engine.no-mac", "engine.no-userns"]));
});

test("listening in the clear, a token that can be guessed and secrets in the file are found", async () => {
  await using here = await site(
    `{ gateway: { bind: "lan", trustedProxies: ["10.0.0.1"], auth: { token: "hunter2" } } }`,
  );
  const found = await here.audit();
  expect([...found.critical, ...found.warning]).toEqual(
    expect.arrayContaining(["gateway.clear-text", "auth.short-token", "config.plain-secrets"]),
  );
  expect(found.exitCode).toBe(1);
  expect(JSON.stringify(found.findings)).not.toContain("hunter2");
});

test("what others can read is found, and what lies in a closed directory is not", async () => {
  await using here = await site("{}");
  await chmod(here.configPath, 0o644);
  expect((await here.audit()).critical).toEqual([]);
  await chmod(here.stateDir, 0o755);
  const { critical, findings } = await here.audit();
  expect(critical).toEqual(["files.open", "files.open"]);
  expect(findings.map(({ mend }) => mend)).toEqual(
    expect.arrayContaining([`chmod 700 ${here.stateDir}`, `chmod 600 ${here.configPath}`]),
  );
});

test("an agent whose workspace holds the gateway's state, and one that may use the host, are found", async () => {
  await using here = await site(`{ sandbox: { host: { enabled: true }, network: { allow: ["*"] } } }`);
  await writeFile(
    here.configPath,
    `{ agents: { defaults: { workspace: "${here.home}" } }, sandbox: { host: { enabled: true }, network: { allow: ["*"] } } }`,
    { mode: 0o600 },
  );
  const { critical, warning } = await here.audit();
  expect(critical).toContain("sandbox.workspace-holds-state");
  expect(warning).toEqual(expect.arrayContaining(["sandbox.host", "sandbox.network-open"]));
});

test("people see what is wrong, how to mend it, and a sum", async () => {
  await using here = await site("{}");
  await using _engine = await engineAt(here.socket, "Docker/28.1.0 (linux)", SAFE);
  const env = { ...here.env, DOCKER_HOST: `unix://${here.socket}`, container: "docker" };
  const { exitCode, stdout, stderr } = await runCli(["security"], { env });
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^critical {2}The gateway runs in a container.*\n {10}Give it the socket of a docker-proxy/);
  expect(stdout).toMatch(/\n1 critical, \d+ warnings?, \d+ notes?\n$/);
  expect(stderr).toBe("");
});

test("a configuration that is wrong ends with 78", async () => {
  await using here = await site("{ nonsense: true }");
  expect(await here.audit()).toMatchObject({ exitCode: 78, stderr: expect.stringContaining("nonsense") });
});
