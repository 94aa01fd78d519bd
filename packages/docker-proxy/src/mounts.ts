import { realpath, stat } from "node:fs/promises";
import type { CompiledPolicy } from "./policy.ts";
import { malformed, Refusal } from "./refusal.ts";
import { boolean, list, never, object, only, optional, record, type Slot, text } from "./slots.ts";
import type { Json } from "./strict-json.ts";

/** A directory of the host that a client wants to see at `target`. */
export interface BindRequest {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

const HOST_PATH = /^(?:\/|(?:\/[^/\p{Cc}]{1,255}){1,32})$/u;
/** Nothing over what the kernel shows, and not over the whole root. */
const TARGET = /^(?!\/(?:proc|sys|dev)(?:\/|$))(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9_.-]{1,100}){1,16}$/;

const source = text(HOST_PATH, "an absolute path");
const target = text(TARGET, "a path that can be mounted over");

const mount = object({
  Type: text(/^bind$/, '"bind"'),
  Source: source,
  Target: target,
  ReadOnly: boolean,
  Consistency: only("", "default"),
  BindOptions: optional(
    object({
      Propagation: only("", "rprivate", "private"),
      NonRecursive: boolean,
      CreateMountpoint: never,
      ReadOnlyNonRecursive: never,
      ReadOnlyForceRecursive: never,
    }),
  ),
  VolumeOptions: never,
  TmpfsOptions: never,
  ClusterOptions: never,
  ImageOptions: never,
});

export const mounts: Slot<readonly BindRequest[]> = (value, at) =>
  list(mount, 16)(value, at).map(({ Type, Source, Target, ReadOnly = false }, index) => {
    if (Type === undefined || Source === undefined || Target === undefined) {
      throw malformed(at, `${at}[${index}] lacks its type, source or target`);
    }
    return { source: Source, target: Target, readOnly: ReadOnly };
  });

const BIND = /^([^:]+):([^:]+)(?::(ro|rw))?$/;

/** The older form, `source:target:ro`, in which a source that is missing would be made by root. */
export const binds: Slot<readonly BindRequest[]> = (value, at) =>
  list(text(BIND, "source:target, with :ro or :rw at most"), 16)(value, at).map((bind, index) => {
    const [, from = "", to = "", mode] = BIND.exec(bind) ?? [];
    const place = `${at}[${index}]`;
    return { source: source(from, place), target: target(to, place), readOnly: mode === "ro" };
  });

/** The mount as the engine is asked for it, when its source is a directory that the policy names, and no link to one. */
export async function bindMount(bind: BindRequest, policy: CompiledPolicy): Promise<Json> {
  const real = await realDirectory(bind.source);
  if (real !== bind.source || !policy.allowsWorkspace(real)) {
    throw new Refusal("workspaces", "a mounted directory is none of yours, or is named through a link", {
      advice: "Add its real path to the tenant's workspaces.",
    });
  }
  return {
    Type: "bind",
    Source: real,
    Target: bind.target,
    ReadOnly: bind.readOnly,
    // Mounts below one that can only be read would stay writable, so they are left out.
    BindOptions: { Propagation: "rprivate", NonRecursive: bind.readOnly },
  };
}

async function realDirectory(path: string): Promise<string | undefined> {
  try {
    return (await stat(path)).isDirectory() ? await realpath(path) : undefined;
  } catch {
    return undefined;
  }
}

/** A mount inside of a workspace would be made by root, on the host, wherever the links in the workspace lead. */
export function assertOutside(workspaces: readonly string[], others: readonly string[]): void {
  const targets = [...workspaces, ...others];
  for (const [index, workspace] of workspaces.entries()) {
    const inner = targets.find((one, at) => at !== index && `${one}/`.startsWith(`${workspace}/`));
    if (inner === undefined) continue;
    throw new Refusal("mounts", `a mount at ${inner} lies in the one at ${workspace}`, {
      advice: "Mount them side by side.",
    });
  }
}

const OPTION = /^(?:rw|nosuid|nodev|noexec|exec|mode=[0-7]{3,4}|[ug]id=\d{1,10}|size=\d{1,12}[kmg]?)$/;
const OPTIONS = /^[a-z0-9=,]{0,200}$/;

/** File systems in memory by their place: always without devices and set-user-id programs, and with a size. */
export const tmpfs =
  ({ limits }: CompiledPolicy): Slot<readonly (readonly [string, string])[]> =>
  (value, at) =>
    record(
      TARGET,
      text(OPTIONS, "mount options"),
      8,
    )(value, at).map(([path, asked]) => {
      const options = asked.split(",").filter(Boolean);
      const bad = options.find((option) => !OPTION.test(option));
      if (bad !== undefined)
        throw new Refusal(`${at}.${path}`, `${at} has a mount option that is not for clients to set`);
      const most = limits.tmpMb * 1024 * 1024;
      const size = Math.min(most, ...options.filter((option) => option.startsWith("size=")).map(bytesOf));
      const kept = options.filter((option) => option === "noexec" || /^(?:mode|uid|gid)=/.test(option));
      return [path, ["rw", "nosuid", "nodev", ...kept, `size=${size}`].join(",")];
    });

function bytesOf(option: string): number {
  const [, digits, unit = ""] = /^size=(\d+)([kmg]?)$/.exec(option) ?? [];
  const factor = { "": 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[unit] ?? 1;
  // Of no size at all would be of any size.
  return Math.max(4096, Number(digits) * factor);
}
