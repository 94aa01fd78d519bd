import * as z from "zod";
import { REDACTED, type SecretReference } from "./secret.ts";

/** Turns what the file says into the secret's text, or into the variable that is missing. */
export type SecretResolver = (
  value: string | SecretReference,
) => { readonly text: string } | { readonly missing: string };

const VARIABLE_NAME = z
  .string()
  .regex(/^[A-Z_][A-Z0-9_]{0,127}$/, "the name of an environment variable, like OPENAI_API_KEY");

/** A text, a text with `${VAR}`, or a reference; never part of a message. */
export function secretField(resolve: SecretResolver, description: string) {
  const written = z.union(
    [
      z.string().min(1, "a text that is not empty"),
      z.strictObject({
        source: z.literal("env").describe("Where the secret is kept."),
        id: VARIABLE_NAME.describe("Name of the environment variable."),
      }),
    ],
    'a text, a text with ${VARIABLE}, or { source: "env", id: "VARIABLE" }',
  );
  return written
    .transform((value, context) => {
      const result = value === REDACTED ? undefined : resolve(value);
      if (result && "text" in result) return result.text;
      context.issues.push({
        code: "custom",
        input: undefined,
        message: result ? missing(result.missing) : PLACEHOLDER,
      });
      return z.NEVER;
    })
    .describe(`${description} A secret: a text, \${VARIABLE}, or { source: "env", id: "VARIABLE" }.`)
    .meta({ secret: true });
}

const PLACEHOLDER = `${REDACTED} stands for a secret where one is shown; write the secret itself or \${VARIABLE}`;

function missing(name: string): string {
  return `the environment variable ${name} is not set; set it for the gateway, or write the value here`;
}

export const agentId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "an agent id: a-z, 0-9, _ and -, at most 64 characters");

export const modelRef = z
  .string()
  .regex(/^[^\s/]+\/\S+$/, 'a model as "provider/model", like "anthropic/claude-sonnet-5"')
  .max(256);

export const modelChoice = z.union(
  [
    modelRef,
    z.strictObject({
      primary: modelRef.describe('Tried first, as "provider/model".'),
      fallbacks: z.array(modelRef).max(16).default([]).describe("Tried in order when the primary fails."),
    }),
  ],
  'a model as "provider/model", or { primary, fallbacks }',
);

export const names = z.array(z.string().min(1).max(128)).max(512);

/** One layer of tool rules; a layer can only narrow the one above it. */
export const toolRules = {
  allow: names
    .exactOptional()
    .describe(
      "Tools allowed: names, * wildcards or groups like group:fs. When given and not empty, all others are denied.",
    ),
  deny: names.exactOptional().describe("Tools denied, written as in allow. Deny always wins."),
};

export const toolProfile = z.enum(["minimal", "coding", "messaging", "full"]);

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
const ACCESS = "How the workspace appears in the sandbox: rw, ro (read-only), or none (an empty directory).";

export const sandbox = z.strictObject({
  backend: backend.default("auto").describe(BACKEND),
  mode: mode.default("all").describe(MODE),
  workspaceAccess: workspaceAccess.default("rw").describe(ACCESS),
  docker: z.strictObject(docker).prefault({}).describe("Settings of the docker backend; limits apply to all."),
});

/** What agents may set over {@link sandbox}: each key replaces the wider one, access and mode only narrow. */
export const sandboxOverride = z.strictObject({
  backend: backend.exactOptional().describe(BACKEND),
  mode: mode.exactOptional().describe(`${MODE} Can't turn on what is off above.`),
  workspaceAccess: workspaceAccess.exactOptional().describe(`${ACCESS} Can't be wider than above.`),
  docker: z.strictObject(docker).exactOptional().describe("Settings of the docker backend; limits apply to all."),
});
