import { type SandboxSpec, SECRETS_DIRECTORY } from "@claw/core";
import { dockerSeccompProfile, networkDescription } from "@claw/sandbox-supervisor";
import type Docker from "dockerode";
import type { MountedWorkspace } from "./workspace.ts";

export const WORKSPACE = "/workspace";

const DEFAULTS = { cpus: 1, memoryMb: 1024, pids: 256, diskMb: 10_240 };

const OPEN_FILES = 4_096;

export interface SandboxLimits {
  readonly cpus: number;
  readonly memoryMb: number;
  readonly pids: number;
  /** `/tmp` lives in memory and counts as memory. */
  readonly tmpMb: number;
  /** Of a writable workspace, and of the longest file. */
  readonly diskMb: number;
}

export function limitsOf({ cpus, memoryMb, pids, diskMb }: SandboxSpec): SandboxLimits {
  const memory = memoryMb ?? DEFAULTS.memoryMb;
  return {
    cpus: cpus ?? DEFAULTS.cpus,
    memoryMb: memory,
    pids: pids ?? DEFAULTS.pids,
    tmpMb: Math.min(256, Math.ceil(memory / 2)),
    diskMb: diskMb ?? DEFAULTS.diskMb,
  };
}

/** What commands find besides what the image sets. */
export const BASE_ENVIRONMENT = {
  HOME: "/tmp",
  LANG: "C.UTF-8",
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
} as const;

export interface ContainerRequest {
  readonly image: string;
  /** The OCI runtime; the engine's own without one. */
  readonly runtime: string | undefined;
  /** The supervisor's path in it, when it holds one. */
  readonly supervisor: string | undefined;
  readonly limits: SandboxLimits;
  readonly workspace: MountedWorkspace;
  readonly labels: Readonly<Record<string, string>>;
}

/** What the engine is asked to create. Every line that takes a power away is asserted against a real engine. */
export function containerOptions({
  image,
  runtime,
  supervisor,
  limits,
  workspace,
  labels,
}: ContainerRequest): Docker.ContainerCreateOptions {
  return {
    Image: image,
    Entrypoint: [],
    Cmd: supervisor === undefined ? ["sleep", "infinity"] : [supervisor],
    // Once this process is gone, the supervisor's stdin ends, and with it the container.
    OpenStdin: supervisor !== undefined,
    StdinOnce: supervisor !== undefined,
    StopSignal: "SIGKILL",
    Healthcheck: { Test: ["NONE"] },
    Hostname: "sandbox",
    User: workspace.user,
    WorkingDir: WORKSPACE,
    Env: Object.entries(BASE_ENVIRONMENT).map(([name, value]) => `${name}=${value}`),
    Labels: { ...labels },
    HostConfig: {
      ...(runtime === undefined ? {} : { Runtime: runtime }),
      // The supervisor does what an init does.
      Init: supervisor === undefined,
      AutoRemove: supervisor !== undefined,
      NetworkMode: "none",
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges", `seccomp=${dockerSeccompProfile()}`],
      Privileged: false,
      ReadonlyRootfs: true,
      IpcMode: "private",
      PidsLimit: limits.pids,
      Memory: limits.memoryMb * 1024 * 1024,
      MemorySwap: limits.memoryMb * 1024 * 1024,
      NanoCpus: Math.round(limits.cpus * 1e9),
      Ulimits: [
        { Name: "core", Soft: 0, Hard: 0 },
        { Name: "nofile", Soft: OPEN_FILES, Hard: OPEN_FILES },
        { Name: "fsize", Soft: limits.diskMb * 1024 * 1024, Hard: limits.diskMb * 1024 * 1024 },
      ],
      Tmpfs: {
        "/tmp": `rw,nosuid,nodev,mode=1777,size=${limits.tmpMb}m`,
        [SECRETS_DIRECTORY]: secretsMount(workspace.user),
      },
      Mounts: [
        {
          Type: "bind",
          Source: workspace.path,
          Target: WORKSPACE,
          ReadOnly: workspace.readOnly,
          // Mounts below a read-only workspace would stay writable, so they are left out.
          BindOptions: {
            Propagation: "rprivate",
            NonRecursive: workspace.readOnly,
          } as Docker.MountSettings["BindOptions"],
        },
      ],
      LogConfig: { Type: "none", Config: {} },
      RestartPolicy: { Name: "no" },
    },
  };
}

function secretsMount(user: string): string {
  const [uid, gid] = user.split(":");
  return `rw,nosuid,nodev,noexec,mode=0700,uid=${uid},gid=${gid},size=1m`;
}

interface Described {
  readonly limits: SandboxLimits;
  readonly workspace: MountedWorkspace;
  readonly access: SandboxSpec["workspace"]["access"];
  readonly network: SandboxSpec["network"];
}

/** One paragraph for the model. */
export function describeSandbox({ limits, workspace, access, network }: Described): string {
  const root = {
    none: "a directory of your own that outlives the sandbox",
    ro: "the user's directory, read-only",
    rw: "the user's directory, writable",
  }[access];
  return [
    `A Linux container in Docker; commands run in bash as the unprivileged user ${workspace.user} in ${WORKSPACE}: ${root}.`,
    network === "none"
      ? "There is no network at all, so nothing can be downloaded or installed from a registry."
      : networkDescription,
    `Limits: ${limits.cpus} CPU, ${limits.memoryMb} MB of memory, ${limits.pids} processes, ${limits.diskMb} MB in ${WORKSPACE}.`,
    `Everything else is read-only except /tmp (${limits.tmpMb} MB in memory, HOME is there, gone with the sandbox).`,
    "Background processes live on until the sandbox ends or the command that started them runs out of time.",
  ].join(" ");
}
