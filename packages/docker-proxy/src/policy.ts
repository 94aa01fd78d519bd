import { isAbsolute, normalize } from "node:path";
import { optionsInvalid } from "./errors.ts";

/** What one tenant's containers may be. */
export interface DockerPolicy {
  /** `name:tag`, `name@sha256:…` or `sha256:…`, asked for in these words; `name:*` stands for every tag. */
  readonly images: readonly string[];
  /**
   * Directories that may be mounted, by their real absolute paths; `*` stands for one name. None may lie inside
   * another, so that no container can put a link where another's mount is looked for.
   */
  readonly workspaces?: readonly string[];
  /** How names of containers begin. Default: the tenant's name and a hyphen. */
  readonly namePrefix?: string;
  /** How names of labels may begin. Default `claw.`, because other programs take orders from labels. */
  readonly labels?: readonly string[];
  /** `uid:gid` of who asks for none; root is nobody's. Default `10001:10001`. */
  readonly user?: string;
  /** A seccomp profile, as JSON. Default: the engine's own. */
  readonly seccomp?: string;
  /** An OCI runtime the engine knows. Default: the engine's own. */
  readonly runtime?: string;
  readonly limits?: ContainerLimits;
}

/** What a container gets that asks for nothing, and the most that one may ask for. */
export interface ContainerLimits {
  /** Default 2. */
  readonly cpus?: number;
  /** Default 2,048. Swap is none. */
  readonly memoryMb?: number;
  /** Default 512. */
  readonly pids?: number;
  /** Each file system in memory, which counts as memory. Default 256. */
  readonly tmpMb?: number;
  /** Of one tenant at once, stopped ones too. Default 64. */
  readonly containers?: number;
}

export interface CompiledPolicy {
  readonly tenant: string;
  readonly namePrefix: string;
  readonly labels: readonly string[];
  readonly user: string;
  readonly seccomp: string | undefined;
  readonly runtime: string | undefined;
  readonly limits: Required<ContainerLimits>;
  allowsImage(reference: string): boolean;
  allowsWorkspace(path: string): boolean;
}

/** The label that says whose a container is. */
export const TENANT_LABEL = "docker-proxy.tenant";

export const USER = /^[1-9]\d{0,9}(?::[1-9]\d{0,9})?$/;
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/;
const IMAGE =
  /^(?:sha256:[0-9a-f]{64}|(?!sha256:)[a-z0-9][a-z0-9._/-]{0,160}(?::\d{1,5}\/[a-z0-9._/-]{1,100})?(?::(?:\*|\w[\w.-]{0,127})|@sha256:[0-9a-f]{64}))$/;
const TAG = "\\w[\\w.-]{0,127}";

/** Throws `DOCKER_PROXY_OPTIONS_INVALID` for what would not mean what it looks like. */
export function compilePolicy(tenant: string, policy: DockerPolicy): CompiledPolicy {
  const { namePrefix = `${tenant}-`, labels = ["claw."], user = "10001:10001", workspaces = [], images } = policy;
  check(NAME.test(tenant), `A tenant is named with letters, digits, "_", "." and "-", not "${tenant}".`);
  check(NAME.test(namePrefix), `A prefix of container names has letters, digits, "_", "." and "-": "${namePrefix}".`);
  check(user.includes(":") && USER.test(user), `A user is a uid:gid in numbers, and never root: "${user}".`);
  for (const image of images) {
    check(IMAGE.test(image), `An image is name:tag, name:*, name@sha256:… or sha256:…, not "${image}".`);
  }
  for (const label of labels) {
    check(
      label !== "" && !TENANT_LABEL.startsWith(label),
      `The labels "${label}…" are the proxy's own, or all there are.`,
    );
  }
  const limits = { cpus: 2, memoryMb: 2048, pids: 512, tmpMb: 256, containers: 64, ...policy.limits };
  for (const [name, limit] of Object.entries(limits)) check(limit > 0, `The limit ${name} is above 0, not ${limit}.`);
  const patterns = images.map((image) => wildcard(image, TAG));
  const directories = compileWorkspaces(workspaces);
  return {
    tenant,
    namePrefix,
    labels,
    user,
    seccomp: policy.seccomp,
    runtime: policy.runtime,
    limits,
    allowsImage: (reference) => patterns.some((pattern) => pattern.test(reference)),
    allowsWorkspace: (path) => directories.some((pattern) => pattern.test(path)),
  };
}

function compileWorkspaces(workspaces: readonly string[]): readonly RegExp[] {
  for (const path of workspaces) {
    const clean = isAbsolute(path) && normalize(path) === path && !/^\/$|^\/\*|.\/$/.test(path);
    check(
      clean,
      `A workspace is an absolute path, without dots, a slash at its end or "*" for its first name: "${path}".`,
    );
    check(!/\*[^/]|[^/]\*/.test(path), `In a workspace "*" stands for a whole name: "${path}".`);
  }
  assertApart(workspaces);
  return workspaces.map((path) => wildcard(path, "[^/]+"));
}

/** Throws when one of the directories may lie inside another: who has the outer one could put a link in place of the inner. */
export function assertApart(directories: readonly string[]): void {
  const split = directories.map((path) => path.split("/"));
  for (const outer of split) {
    for (const inner of split) {
      const inside = inner.length > outer.length && outer.every((name, at) => overlap(name, inner[at] ?? ""));
      check(
        !inside,
        `The workspace ${inner.join("/")} lies inside ${outer.join("/")}, where a container could move it. Keep them apart.`,
      );
    }
  }
}

const escaped = (text: string): string => text.replaceAll(/[^A-Za-z0-9]/g, "\\$&");

const overlap = (one: string, other: string): boolean => one === other || one === "*" || other === "*";

const wildcard = (text: string, meaning: string): RegExp =>
  new RegExp(
    `^${text
      .split("*")
      .map((part) => escaped(part))
      .join(meaning)}$`,
  );

function check(holds: boolean, message: string): void {
  if (!holds) throw optionsInvalid(message);
}
