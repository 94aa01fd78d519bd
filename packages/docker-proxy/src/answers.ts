import type { Json } from "./strict-json.ts";

/** Which fields of an answer pass: `true` as they are, otherwise those named below. Lists are reduced one by one. */
type Fields = { readonly [key: string]: true | Fields };

/** What is left of an engine's answer: what it does not name does not pass, whatever a newer engine adds. */
export function reduce(value: Json, fields: Fields): Json {
  if (Array.isArray(value)) return value.map((one: Json) => reduce(one, fields));
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).flatMap(([key, one]): [string, Json][] => {
    const rule = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (rule === undefined) return [];
    return [[key, rule === true ? one : reduce(one, rule)]];
  });
  return Object.fromEntries(kept);
}

const all = (...names: readonly string[]): Fields => Object.fromEntries(names.map((name) => [name, true]));

const mount = all("Type", "Source", "Destination", "Mode", "RW", "Propagation");

/** No Env and no Args, which may hold secrets; no process id and path of the host. */
export const inspected: Fields = {
  ...all("Id", "Name", "Created", "Image", "Platform", "RestartCount"),
  State: all(
    ...[
      "Status",
      "Running",
      "Paused",
      "Restarting",
      "OOMKilled",
      "Dead",
      "ExitCode",
      "Error",
      "StartedAt",
      "FinishedAt",
    ],
  ),
  Config: all(
    ...["Hostname", "User", "Image", "WorkingDir", "Labels", "Tty", "OpenStdin", "StdinOnce"],
    ...["AttachStdin", "AttachStdout", "AttachStderr", "StopSignal", "StopTimeout"],
  ),
  HostConfig: {
    ...all(
      "AutoRemove",
      "CapDrop",
      "CgroupnsMode",
      "Init",
      "IpcMode",
      "Memory",
      "MemorySwap",
      "NanoCpus",
      "NetworkMode",
    ),
    ...all("PidsLimit", "Privileged", "ReadonlyRootfs", "RestartPolicy", "Runtime", "Tmpfs"),
    LogConfig: all("Type"),
  },
  Mounts: mount,
  NetworkSettings: {},
};

export const listed: Fields = {
  ...all("Id", "Names", "Image", "ImageID", "Command", "Created", "State", "Status", "Labels"),
  Mounts: mount,
  Ports: {},
};

export const created = all("Id", "Warnings");

export const execInspected: Fields = all(
  ...["ID", "Running", "ExitCode", "OpenStdin", "OpenStdout", "OpenStderr", "CanRemove", "ContainerID"],
);

export const imageInspected: Fields = {
  ...all("Id", "RepoTags", "RepoDigests", "Created", "Architecture", "Variant", "Os", "Size"),
  Config: all("Env", "Cmd", "Entrypoint", "User", "WorkingDir", "Labels"),
};

/** What an engine can enforce, and of its runtimes the names; nothing of its host's. */
export const informed = (value: Json): Json => {
  const kept = reduce(value, {
    ...all("SecurityOptions", "CgroupDriver", "CgroupVersion", "Runtimes"),
    ...all("MemoryLimit", "SwapLimit", "PidsLimit", "CpuCfsQuota"),
  });
  if (typeof kept !== "object" || kept === null || Array.isArray(kept)) return {};
  const { Runtimes, ...rest } = kept as Readonly<Record<string, Json>>;
  const names = Object.keys(Runtimes ?? {});
  return { ...rest, Runtimes: Object.fromEntries(names.map((name): [string, Json] => [name, {}])) };
};

export const versioned = all("Version", "ApiVersion", "MinAPIVersion", "Os", "Arch");
