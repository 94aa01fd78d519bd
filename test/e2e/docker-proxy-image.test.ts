import { execFile } from "node:child_process";
import { chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { noEngine } from "./harness/engine.ts";

const missing = await noEngine();
const folder = resolve(import.meta.dirname, "../../packages/docker-proxy");
const IMAGE = "claw-docker-proxy:of-a-test";
const ENGINE = "/var/run/docker.sock";

const docker = async (...args: readonly string[]): Promise<string> => {
  const { stdout } = await promisify(execFile)("/usr/bin/docker", args);
  return stdout.trim();
};

/** What compose.yaml says of the proxy's own container, as the flags of a client without compose. */
async function hardening(): Promise<readonly string[]> {
  const compose = await readFile(join(folder, "compose.yaml"), "utf8");
  for (const line of ["network_mode: none", "read_only: true", "cap_drop: [ALL]", '["no-new-privileges:true"]']) {
    expect(compose).toContain(line);
  }
  const { gid } = await stat(ENGINE);
  const walls = ["--network", "none", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges:true"];
  return [...walls, "--memory", "256m", "--pids-limit", "64", "--group-add", String(gid)];
}

test.skipIf(missing !== undefined)(
  `the proxy's image serves a tenant from a container of its own${missing ? ` (skipped: ${missing})` : ""}`,
  async () => {
    const directory = await mkdtemp(join(tmpdir(), "claw-proxy-image-"));
    const run = join(directory, "run");
    await mkdir(run);
    await chown(run, 10002, 10002);
    const alice = { socket: { path: "/run/docker-proxy/alice.sock" }, images: ["claw-sandbox:bookworm"] };
    const config = join(directory, "config.json");
    await writeFile(config, JSON.stringify({ tenants: { alice } }));
    // The base of the tests has Node as well, and no registry is needed for it.
    await docker("build", "-q", "-t", IMAGE, "--build-arg", "BASE=claw-sandbox:bookworm", folder);
    const files = [`${ENGINE}:${ENGINE}`, `${config}:/etc/docker-proxy/config.json:ro`, `${run}:/run/docker-proxy`];
    const mounts = files.flatMap((file) => ["-v", file]);
    const proxy = await docker("run", "-d", ...(await hardening()), ...mounts, IMAGE);
    try {
      await expect.poll(() => docker("logs", proxy), { timeout: 60_000 }).toContain("serving a tenant");
      const tenant = ["-H", `unix://${run}/alice.sock`];
      expect(await docker(...tenant, "run", "--rm", "claw-sandbox:bookworm", "echo", "through the proxy")).toBe(
        "through the proxy",
      );
      await expect(docker(...tenant, "run", "-v", "/:/host", "claw-sandbox:bookworm", "id")).rejects.toThrow(
        "a mounted directory is none of yours",
      );
      await docker("stop", proxy);
      expect(await docker("inspect", "-f", "{{.State.ExitCode}}", proxy)).toBe("0");
    } finally {
      await docker("rm", "-f", proxy);
      await docker("rmi", IMAGE);
      await rm(directory, { recursive: true, force: true });
    }
  },
);
