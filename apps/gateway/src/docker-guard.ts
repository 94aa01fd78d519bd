import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Config, ResolvedAgent } from "@claw/config";
import { ClawError, type Logger, type SandboxErrorCode } from "@claw/core";
import type { DockerPolicy, DockerProxy } from "@claw/docker-proxy";
import type { DockerProbe } from "@claw/sandbox-docker";
import { dockerSeccompProfile } from "@claw/sandbox-supervisor";

export interface DockerGuardOptions {
  readonly mode: NonNullable<Config["sandbox"]["docker"]>["proxy"];
  /** The OCI runtime that all sandboxes have. */
  readonly runtime: string | undefined;
  readonly stateDir: string;
  /** As the configuration has them now. */
  readonly agents: () => readonly ResolvedAgent[];
  readonly workspaceOf: (agent: string) => string;
  readonly log: Logger;
}

export interface DockerGuard extends AsyncDisposable {
  /**
   * The address of a docker-proxy that containers are made and run through; `undefined` where they are at the engine
   * itself, or where a proxy stands already. Rejects with `SANDBOX_UNAVAILABLE` when there should be one and can't be.
   */
  through(engine: DockerProbe): Promise<string | undefined>;
}

/** The gateway's own docker-proxy, as `sandbox.docker.proxy` wants it: made when the first sandbox needs it. */
export function dockerGuard(options: DockerGuardOptions): DockerGuard {
  const { mode = "auto", log } = options;
  let opened: Promise<OpenGuard> | undefined;
  return {
    async through({ proxied, socketPath }) {
      if (proxied || mode === "off") return undefined;
      const { runsInContainer } = await import("@claw/sandbox-docker");
      if (mode === "auto" && !runsInContainer()) return undefined;
      if (socketPath === undefined) {
        const remote =
          "The gateway's docker-proxy needs the engine's socket on this machine, and DOCKER_HOST is elsewhere.";
        if (mode === "on") throw unavailable(`${remote} Run @claw/docker-proxy beside the engine.`);
        log.warn(remote);
        return undefined;
      }
      opened ??= openGuard(socketPath, options);
      return (await opened).address;
    },
    async [Symbol.asyncDispose]() {
      const open = await opened?.catch(() => undefined);
      await open?.[Symbol.asyncDispose]();
    },
  };
}

interface OpenGuard extends AsyncDisposable {
  readonly address: string;
}

async function openGuard(engine: string, options: DockerGuardOptions): Promise<OpenGuard> {
  const { stateDir, log } = options;
  const { dockerProxy, listenOnSocket } = await import("@claw/docker-proxy");
  const tenant = `gateway-${createHash("sha256").update(resolve(stateDir)).digest("hex").slice(0, 16)}`;
  // Each policy that counted has one: streams that were opened under it go on.
  const proxies = new Map<string, DockerProxy>();
  const current = (): DockerProxy => {
    const policy = policyOf(options);
    const key = JSON.stringify(policy);
    const proxy = proxies.get(key) ?? dockerProxy({ tenant, policy, engine, log });
    proxies.set(key, proxy);
    return proxy;
  };
  try {
    current();
  } catch (error) {
    throw unavailable(
      `The gateway's docker-proxy can't be made: ${reasonOf(error)} Or set sandbox.docker.proxy to "off".`,
    );
  }
  // Not in the state directory, whose path may be too long for a socket's.
  const directory = await mkdtemp(join(tmpdir(), "claw-docker-"));
  const path = join(directory, "docker.sock");
  const accept: DockerProxy["accept"] = (connection) => {
    try {
      current().accept(connection);
    } catch (error) {
      log.error("the docker-proxy has no policy for this configuration", { reason: reasonOf(error) });
      connection.destroy();
    }
  };
  const listener = await listenOnSocket({ accept }, { path, mode: 0o600 });
  log.info("containers are made and run through the gateway's docker-proxy", { engine });
  return {
    address: `unix://${path}`,
    async [Symbol.asyncDispose]() {
      for (const proxy of proxies.values()) await proxy[Symbol.asyncDispose]();
      await listener[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** What the sandboxes of this configuration need, and nothing else. */
function policyOf({ agents, workspaceOf, stateDir, runtime }: DockerGuardOptions): DockerPolicy {
  const dockers = agents().map(({ sandbox }) => sandbox.docker);
  const most = (least: number, key: "cpus" | "memoryMb" | "pidsLimit"): number =>
    Math.max(least, ...dockers.map((docker) => docker[key] ?? 0));
  const images = [
    "claw-sandbox:bookworm",
    "claw-supervised:*",
    "claw-setup:*",
    ...dockers.flatMap(({ image }) => image ?? []),
  ];
  const workspaces = agents().flatMap(({ id }) => realPath(workspaceOf(id)) ?? []);
  return {
    // One without a tag runs under the name that it has with the supervisor.
    images: [...new Set(images)].filter((image) => /[:@][^/]*$/.test(image)),
    workspaces: [...new Set([...workspaces, join(realPath(stateDir) ?? resolve(stateDir), "sandboxes/*/workspace")])],
    namePrefix: "claw-",
    seccomp: dockerSeccompProfile(),
    ...(runtime === undefined ? {} : { runtime }),
    limits: { cpus: most(1, "cpus"), memoryMb: most(1024, "memoryMb"), pids: most(256, "pidsLimit"), containers: 512 },
  };
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const unavailable = (message: string): ClawError<SandboxErrorCode> => new ClawError("SANDBOX_UNAVAILABLE", message);
