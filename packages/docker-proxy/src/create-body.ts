import { buildHostConfig, hostConfig } from "./host-config.ts";
import { type CompiledPolicy, TENANT_LABEL, USER } from "./policy.ts";
import { malformed, Refusal } from "./refusal.ts";
import { boolean, integer, list, never, nullable, object, only, optional, record, type Slot, text } from "./slots.ts";
import type { Json } from "./strict-json.ts";

const NO_NUL = /^[^\0]*$/;
const MAX_ENVIRONMENT_BYTES = 32 * 1024;

export const argv = nullable(list(text(NO_NUL, "text without a NUL"), 1_024));
const userOrUid = text(USER, "a uid or uid:gid in numbers, and not root's");
/** An engine gives root's group to a number that the image does not know, so that one alone is its own group. */
export const user = optional((value, at) => {
  const asked = userOrUid(value, at);
  return asked.includes(":") ? asked : `${asked}:${asked}`;
});
export const directory = optional(text(/^\/[^\0]{0,4095}$/, "an absolute path"));

export const environment: Slot<readonly string[]> = (value, at) => {
  const variables = list(text(/^[A-Za-z_][A-Za-z0-9_.]{0,127}=[^\0]*$/, "NAME=value"), 256)(value, at);
  const bytes = variables.reduce((sum, one) => sum + Buffer.byteLength(one), 0);
  if (bytes > MAX_ENVIRONMENT_BYTES) throw new Refusal(at, `${at} has over ${MAX_ENVIRONMENT_BYTES} bytes`);
  return variables;
};

/** Newer clients write one for every network, with nothing in it. */
const endpoint = nullable(record(/^/, never, 32));

const slots = (policy: CompiledPolicy) => ({
  Image: text(NO_NUL, "an image"),
  Cmd: argv,
  Entrypoint: argv,
  Env: nullable(environment),
  Labels: nullable(record(/^[\w./-]{1,128}$/, text(/^.{0,1024}$/s, "text"), 32)),
  WorkingDir: directory,
  User: user,
  Hostname: optional(text(/^[a-zA-Z0-9][a-zA-Z0-9-]{0,62}$/, "a host name")),
  Tty: boolean,
  OpenStdin: boolean,
  StdinOnce: boolean,
  AttachStdin: boolean,
  AttachStdout: boolean,
  AttachStderr: boolean,
  StopSignal: optional(text(/^(?:SIG)?[A-Z0-9+-]{1,12}$/, "a signal")),
  StopTimeout: nullable(integer(0, 120)),
  HostConfig: nullable(hostConfig(policy)),
  Healthcheck: nullable(object({ Test: nullable(list(only("NONE"), 1)), ...healthTimes })),
  NetworkingConfig: nullable(object({ EndpointsConfig: nullable(object({ none: endpoint, default: endpoint })) })),
  NetworkDisabled: boolean,
  ArgsEscaped: never,
  Domainname: never,
  ExposedPorts: never,
  MacAddress: never,
  OnBuild: never,
  Shell: never,
  Volumes: never,
});

const healthTimes = { Interval: never, Timeout: never, Retries: never, StartPeriod: never, StartInterval: never };

/** What the engine is asked to create: nothing of it is the client's object. Rejects with a `Refusal`. */
export function createBody(policy: CompiledPolicy): (body: Json) => Promise<Json> {
  const read = object(slots(policy));
  return async (body) => {
    const asked = read(body, "");
    if (asked.Image === undefined) throw malformed("Image", "there is no Image");
    if (!policy.allowsImage(asked.Image)) {
      throw new Refusal("images", "the image is not on the list", { advice: "Add it to the tenant's images." });
    }
    for (const [name] of asked.Labels ?? []) {
      if (policy.labels.some((prefix) => name.startsWith(prefix))) continue;
      throw new Refusal("labels", `the label "${name}" is not yours to set`, {
        advice: "Add how it begins to the tenant's labels.",
      });
    }
    return {
      Image: asked.Image,
      ...(asked.Cmd === undefined ? {} : { Cmd: asked.Cmd }),
      ...(asked.Entrypoint === undefined ? {} : { Entrypoint: asked.Entrypoint }),
      Env: asked.Env ?? [],
      Labels: { ...Object.fromEntries(asked.Labels ?? []), [TENANT_LABEL]: policy.tenant },
      ...(asked.WorkingDir === undefined ? {} : { WorkingDir: asked.WorkingDir }),
      User: asked.User ?? policy.user,
      ...(asked.Hostname === undefined ? {} : { Hostname: asked.Hostname }),
      Tty: asked.Tty ?? false,
      OpenStdin: asked.OpenStdin ?? false,
      StdinOnce: asked.StdinOnce ?? false,
      AttachStdin: asked.AttachStdin ?? false,
      AttachStdout: asked.AttachStdout ?? false,
      AttachStderr: asked.AttachStderr ?? false,
      ...(asked.StopSignal === undefined ? {} : { StopSignal: asked.StopSignal }),
      ...(asked.StopTimeout === undefined ? {} : { StopTimeout: asked.StopTimeout }),
      // An image's own check would run commands that nobody asked for.
      Healthcheck: { Test: ["NONE"] },
      HostConfig: await buildHostConfig(asked.HostConfig ?? {}, policy),
    };
  };
}
