import type { EngineGuard } from "@claw/sandbox-docker";
import type { Finding, Site } from "./finding.ts";

const GUIDE = "docs/docker-proxy.md";

/** What the gateway can do to the engine, and the engine for its containers. Nothing without an engine. */
export async function engineFindings({ config, inContainer }: Site): Promise<readonly Finding[]> {
  const { engineLacks, probeDocker } = await import("@claw/sandbox-docker");
  const { reachable, proxied, socketPath } = await probeDocker();
  if (!reachable || proxied) return [];
  const found: Finding[] = [];
  if (inContainer) {
    found.push({
      id: "engine.raw-socket",
      severity: "critical",
      finding:
        "The gateway runs in a container and holds the Docker engine's own socket: whoever takes the gateway takes the host.",
      mend: `Give it the socket of a docker-proxy instead, which runs beside it: ${GUIDE}.`,
    });
  } else if (config.sandbox.docker?.proxy !== "on") {
    found.push({
      id: "engine.socket",
      severity: "note",
      finding: "Whoever may use the Docker engine, as the gateway's user does, rules this machine.",
      mend: `Give it the socket of a docker-proxy that runs as another user: ${GUIDE}.`,
    });
  }
  if (socketPath === undefined && !process.env["DOCKER_TLS_VERIFY"]) {
    found.push({
      id: "engine.clear-text",
      severity: "critical",
      finding: "DOCKER_HOST is an engine in the network without TLS: everybody who reaches its port rules its host.",
      mend: "Set the engine up with certificates, and DOCKER_TLS_VERIFY and DOCKER_CERT_PATH here.",
    });
  }
  return [...found, ...isolation((await engineLacks()) ?? [])];
}

function isolation(lacks: readonly EngineGuard[]): readonly Finding[] {
  const found: Finding[] = [];
  if (lacks.includes("seccomp")) {
    found.push({
      id: "engine.no-seccomp",
      severity: "critical",
      finding: "The Docker engine filters no system calls: the whole kernel is open to what runs in a sandbox.",
      mend: "Use a kernel and an engine with seccomp.",
    });
  }
  if (lacks.includes("memory") || lacks.includes("pids")) {
    found.push({
      id: "engine.no-limits",
      severity: "warning",
      finding: "The Docker engine can't limit memory or processes: a sandbox can take the whole machine.",
      mend: "Turn on the memory and pids controllers of cgroups; a rootless engine needs cgroups v2.",
    });
  }
  if (lacks.includes("apparmor")) {
    found.push({
      id: "engine.no-mac",
      severity: "note",
      finding: "The Docker engine has neither AppArmor nor SELinux, a second wall around containers.",
      mend: "Use a kernel with one of them.",
    });
  }
  if (lacks.includes("userns")) {
    found.push({
      id: "engine.no-userns",
      severity: "note",
      finding: "The Docker engine runs as root and does not remap users: a way out of a container leads to root.",
      mend: 'Run the engine rootless, or with "userns-remap": "default" in its daemon.json.',
    });
  }
  return found;
}
