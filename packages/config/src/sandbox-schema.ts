import * as z from "zod";
import type { SecretResolver } from "./fields.ts";
import { networkField } from "./network-schema.ts";

const positive = z.number().positive();

const docker = {
  image: z.string().min(1).max(512).exactOptional().describe("Image of the container; the bundled one when absent."),
  memoryMb: positive.int().min(16).exactOptional().describe("Memory limit in MiB."),
  cpus: positive.max(1024).exactOptional().describe("Processor limit, in cores; 0.5 is half a core."),
  pidsLimit: positive.int().max(1_000_000).exactOptional().describe("Most processes at once."),
};

const backend = z.enum(["auto", "docker", "bwrap", "virtual"]);
const mode = z.enum(["all", "off"]);
const workspaceAccess = z.enum(["none", "ro", "rw"]);

const BACKEND =
  "What isolates commands. auto takes the first that works here: docker, bwrap (bubblewrap), virtual (an interpreter without processes).";
const MODE =
  "all: every session has a sandbox. off: none has, and tools that need one refuse; nothing runs on the host.";
const NETWORK =
  "What programs in the sandbox reach: none, or hosts by rules, through the gateway's proxy. A running sandbox keeps having one or none.";
const ACCESS = "How the workspace appears in the sandbox: rw, ro (read-only), or none (an empty directory).";

export function sandboxSchema(resolve: SecretResolver) {
  return z.strictObject({
    backend: backend.default("auto").describe(BACKEND),
    mode: mode.default("all").describe(MODE),
    workspaceAccess: workspaceAccess.default("rw").describe(ACCESS),
    network: networkField(resolve).default("none").describe(NETWORK),
    docker: z.strictObject(docker).prefault({}).describe("Settings of the docker backend; limits apply to all."),
  });
}

/** What agents may set over {@link sandboxSchema}: each key replaces the wider one, access and mode only narrow. */
export function sandboxOverrideSchema(resolve: SecretResolver) {
  return z.strictObject({
    backend: backend.exactOptional().describe(BACKEND),
    mode: mode.exactOptional().describe(`${MODE} Can't turn on what is off above.`),
    workspaceAccess: workspaceAccess.exactOptional().describe(`${ACCESS} Can't be wider than above.`),
    network: networkField(resolve).exactOptional().describe(`${NETWORK} Hosts that are denied above stay denied.`),
    docker: z.strictObject(docker).exactOptional().describe("Settings of the docker backend; limits apply to all."),
  });
}
