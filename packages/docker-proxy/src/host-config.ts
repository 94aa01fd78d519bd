import { assertOutside, bindMount, binds, mounts, tmpfs } from "./mounts.ts";
import type { CompiledPolicy } from "./policy.ts";
import {
  boolean,
  integer,
  list,
  never,
  nullable,
  object,
  only,
  optional,
  type Read,
  type Slot,
  text,
} from "./slots.ts";
import type { Json } from "./strict-json.ts";

const MEGABYTE = 1024 * 1024;

const NO_NEW_PRIVILEGES = ["no-new-privileges", "no-new-privileges:true", "no-new-privileges=true"];

/** Never without a limit, which would be -1. */
const ULIMIT = integer(0, Number.MAX_SAFE_INTEGER);

const seccompOf = ({ seccomp }: CompiledPolicy): readonly string[] =>
  seccomp === undefined ? [] : [`seccomp=${seccomp}`];

const raise = (limit: string): string => `Raise limits.${limit} in the tenant's policy.`;

/** Every key the engine knows: what a client may ask for, and after that what none may. */
function slots(policy: CompiledPolicy) {
  const { limits } = policy;
  const memory = integer(6 * MEGABYTE, limits.memoryMb * MEGABYTE, raise("memoryMb"));
  return {
    AutoRemove: boolean,
    Init: nullable(boolean),
    Binds: nullable(binds),
    Mounts: nullable(mounts),
    Tmpfs: nullable(tmpfs(policy)),
    Memory: optional(memory),
    MemorySwap: optional(memory),
    NanoCpus: optional(integer(1e7, limits.cpus * 1e9, raise("cpus"))),
    PidsLimit: optional(integer(1, limits.pids, raise("pids"))),
    LogConfig: object({ Type: text(/^(?:|none|local|json-file)$/, "none, local or json-file"), Config: never }),

    // What they get anyway.
    CapDrop: nullable(list(text(/^[A-Z_]{1,40}$/, "a capability"), 64)),
    CapAdd: never,
    SecurityOpt: nullable(list(only(...NO_NEW_PRIVILEGES, ...seccompOf(policy)), 4)),
    Privileged: never,
    ReadonlyRootfs: boolean,
    NetworkMode: only("", "none", "default"),
    IpcMode: only("", "private"),
    CgroupnsMode: only("", "private"),
    RestartPolicy: object({ Name: only("", "no"), MaximumRetryCount: only(0) }),
    Ulimits: nullable(
      list(object({ Name: text(/^(?:core|nofile|fsize)$/, "core, nofile or fsize"), Soft: ULIMIT, Hard: ULIMIT }), 3),
    ),
    Runtime: only("", policy.runtime ?? ""),
    MemorySwappiness: only(null, -1),
    MaskedPaths: only(null),
    ReadonlyPaths: only(null),
    ConsoleSize: nullable(list(integer(0, 10_000), 2)),
    Isolation: only("", "default"),

    // What nobody gets.
    ...forbidden,
  };
}

const FORBIDDEN = [
  ...["Annotations", "BlkioDeviceReadBps", "BlkioDeviceReadIOps", "BlkioDeviceWriteBps", "BlkioDeviceWriteIOps"],
  ...["BlkioWeight", "BlkioWeightDevice", "Cgroup", "CgroupParent", "ContainerIDFile", "CpuCount", "CpuPercent"],
  ...["CpuPeriod", "CpuQuota", "CpuRealtimePeriod", "CpuRealtimeRuntime", "CpuShares", "CpusetCpus", "CpusetMems"],
  ...["DeviceCgroupRules", "DeviceRequests", "Devices", "Dns", "DnsOptions", "DnsSearch", "ExtraHosts", "GroupAdd"],
  ...["IOMaximumBandwidth", "IOMaximumIOps", "KernelMemory", "KernelMemoryTCP", "Links", "MemoryReservation"],
  ...["OomKillDisable", "OomScoreAdj", "PidMode", "PortBindings", "PublishAllPorts", "ShmSize", "StorageOpt"],
  ...["Sysctls", "UTSMode", "UsernsMode", "VolumeDriver", "VolumesFrom"],
] as const;
const forbidden = Object.fromEntries(FORBIDDEN.map((key) => [key, never])) as Record<
  (typeof FORBIDDEN)[number],
  typeof never
>;

/** A container that writes forever would fill the host. */
const BOUNDED_LOG = { Type: "local", Config: { "max-size": "1m", "max-file": "1", compress: "false" } };

type HostRequest = Read<ReturnType<typeof slots>>;

export const hostConfig = (policy: CompiledPolicy): Slot<HostRequest> => object(slots(policy));

const ownLimits = ({ Ulimits = [] }: HostRequest): readonly Json[] =>
  (Ulimits ?? []).flatMap(({ Name = "", Soft = 0, Hard = 0 }) => (Name === "core" ? [] : [{ Name, Soft, Hard }]));

/** What the engine is asked for: ours, line by line. */
export async function buildHostConfig(asked: HostRequest, policy: CompiledPolicy): Promise<Json> {
  const { limits, runtime } = policy;
  const memory = asked.Memory ?? limits.memoryMb * MEGABYTE;
  const directories = [...(asked.Binds ?? []), ...(asked.Mounts ?? [])];
  const memoryFiles = asked.Tmpfs ?? [["/tmp", `rw,nosuid,nodev,mode=1777,size=${limits.tmpMb * MEGABYTE}`]];
  assertOutside(
    directories.map(({ target }) => target),
    memoryFiles.map(([place]) => place),
  );
  return {
    AutoRemove: asked.AutoRemove ?? false,
    Init: asked.Init ?? false,
    NetworkMode: "none",
    CapDrop: ["ALL"],
    SecurityOpt: ["no-new-privileges", ...seccompOf(policy)],
    Privileged: false,
    ReadonlyRootfs: true,
    IpcMode: "private",
    CgroupnsMode: "private",
    ...(runtime === undefined ? {} : { Runtime: runtime }),
    Memory: memory,
    MemorySwap: memory,
    NanoCpus: asked.NanoCpus ?? Math.round(limits.cpus * 1e9),
    PidsLimit: asked.PidsLimit ?? limits.pids,
    // A client may bind itself further.
    Ulimits: [{ Name: "core", Soft: 0, Hard: 0 }, ...ownLimits(asked)],
    Tmpfs: Object.fromEntries(memoryFiles),
    Mounts: await Promise.all(directories.map((directory) => bindMount(directory, policy))),
    LogConfig: asked.LogConfig?.Type === "none" ? { Type: "none", Config: {} } : BOUNDED_LOG,
    RestartPolicy: { Name: "no" },
  };
}
