import * as z from "zod";
import { type SecretResolver, secretField } from "./fields.ts";
import { host, networkField } from "./network-schema.ts";

const positive = z.number().positive();

const DISK =
  "Most that a writable workspace may grow to, in MiB, and the longest file; 10240 when absent. One that holds more may not grow.";

const containers = {
  image: z.string().min(1).max(512).exactOptional().describe("Image of the container; the bundled one when absent."),
  memoryMb: positive.int().min(16).exactOptional().describe("Memory limit in MiB."),
  cpus: positive.max(1024).exactOptional().describe("Processor limit, in cores; 0.5 is half a core."),
  pidsLimit: positive.int().max(1_000_000).exactOptional().describe("Most processes at once."),
  diskMb: positive.int().max(100_000_000).exactOptional().describe(DISK),
  setupCommand: z
    .string()
    .min(1)
    .max(20_000)
    .exactOptional()
    .describe("bash that changes the image once, as root of a container of its own; kept as a layer."),
  setupAllow: z
    .array(host)
    .max(64)
    .exactOptional()
    .describe("Hosts that setupCommand may reach, and nothing else may by this."),
};
const runtime = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, "the name of a runtime")
  .exactOptional();
const waive = z.array(z.enum(["seccomp", "apparmor", "userns", "memory", "swap", "pids", "cpu"])).exactOptional();
const warm = z.int().min(0).max(8).exactOptional();
const proxy = z.enum(["auto", "on", "off"]).exactOptional();

const backend = z.enum(["auto", "docker", "bwrap", "virtual"]).exactOptional();
const mode = z.enum(["off", "non-main", "all"]).exactOptional();
const scope = z.enum(["session", "agent", "shared"]).exactOptional();
const workspaceAccess = z.enum(["none", "ro", "rw"]).exactOptional();
const enabled = z.boolean().exactOptional();

const BACKEND =
  "What isolates commands. auto takes the first that works here: docker, bwrap (bubblewrap), virtual (an interpreter without processes).";
const MODE =
  "Which sessions have a sandbox: all; non-main, which leaves the owner's main session to the host where sandbox.host allows that; off, none. all for an agent that a chat channel reaches, else non-main.";
const SCOPE =
  "Who shares a sandbox: nobody (session), the sessions of one agent, or shared: all agents whose sandboxes are alike.";
const NETWORK =
  "What programs in the sandbox reach: none, or hosts by rules, through the gateway's proxy. A running sandbox keeps having one or none.";
const ACCESS = "How the workspace appears in the sandbox: rw, ro (read-only), or none (an empty directory).";
const DOCKER = "Settings of the docker backend; limits apply to all.";
const RUNTIME = "OCI runtime that the engine must have, like runsc; the engine's own when absent.";
const WAIVE = "What the engine need not enforce. One that lacks more is not used.";
const WARM = "Containers kept ready for each workspace in use.";
const PROXY =
  "Whether containers are made and run through a docker-proxy of the gateway's own; auto: when the gateway is in a container itself.";
const HOST = "Whether what has no sandbox runs on this machine itself, each command after a person's approval.";

const SECRETS =
  "Secrets that programs in the sandbox read as files in /run/secrets, by name. Better, where a host allows it: network.bindings.";

function secretFiles(resolve: SecretResolver) {
  const name = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/, "a file name of letters, digits, . _ and -");
  return z.record(name, secretField(resolve, "What the file holds.")).exactOptional().describe(SECRETS);
}

/** The top-level `sandbox`. What is absent is filled in by `resolveAgents`, which knows where a value comes from. */
export function sandboxSchema(resolve: SecretResolver) {
  return z.strictObject({
    backend: backend.describe(BACKEND).meta({ default: "auto" }),
    mode: mode.describe(MODE),
    scope: scope.describe(SCOPE).meta({ default: "session" }),
    workspaceAccess: workspaceAccess.describe(ACCESS).meta({ default: "rw" }),
    network: networkField(resolve).exactOptional().describe(NETWORK).meta({ default: "none" }),
    secretFiles: secretFiles(resolve),
    docker: z
      .strictObject({
        ...containers,
        warm: warm.describe(WARM).meta({ default: 1 }),
        runtime: runtime.describe(RUNTIME),
        waive: waive.describe(WAIVE).meta({ default: ["apparmor", "userns"] }),
        proxy: proxy.describe(PROXY).meta({ default: "auto" }),
      })
      .exactOptional()
      .describe(DOCKER),
    host: z
      .strictObject({ enabled: enabled.describe(HOST).meta({ default: false }) })
      .exactOptional()
      .describe("The machine itself, without isolation."),
  });
}

/** What agents may set over {@link sandboxSchema}: each key replaces the wider one; access and host only narrow. */
export function sandboxOverrideSchema(resolve: SecretResolver) {
  return z.strictObject({
    backend: backend.describe(BACKEND),
    mode: mode.describe(MODE),
    scope: scope.describe(SCOPE),
    workspaceAccess: workspaceAccess.describe(`${ACCESS} Can't be wider than above.`),
    network: networkField(resolve).exactOptional().describe(`${NETWORK} Hosts that are denied above stay denied.`),
    secretFiles: secretFiles(resolve),
    docker: z.strictObject(containers).exactOptional().describe(DOCKER),
    host: z
      .strictObject({ enabled: enabled.describe(`${HOST} false anywhere counts.`) })
      .exactOptional()
      .describe("The machine itself, without isolation."),
  });
}
