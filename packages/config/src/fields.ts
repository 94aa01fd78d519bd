import * as z from "zod";
import { PROVIDER_NAME, REDACTED, REFERENCE_IDS, type SecretReference, type SecretResolution } from "./secret.ts";

/** Finds the secret that a reference names. */
export type SecretResolver = (reference: SecretReference) => SecretResolution;

const REFERENCE = z
  .strictObject({
    source: z.enum(["env", "file", "exec", "store"]).describe("Where the secret is kept; store is not there yet."),
    provider: z
      .string()
      .regex(PROVIDER_NAME, "the name of one of secrets.providers")
      .exactOptional()
      .describe("One of secrets.providers; the source's default when absent."),
    id: z.string().min(1).max(4096).describe("Environment variable, JSON pointer, or what the command is asked for."),
  })
  .check(({ value: { source, id }, issues }) => {
    if (REFERENCE_IDS[source]?.test(id)) return;
    issues.push({ code: "custom", input: undefined, path: ["id"], message: ID_EXPECTED[source] });
  });

const ID_EXPECTED: Readonly<Record<SecretReference["source"], string>> = {
  env: "expected the name of an environment variable, like OPENAI_API_KEY",
  store: "expected a name like OPENAI_API_KEY",
  file: 'expected a JSON pointer, like "/providers/openai", or "value" for a whole file',
  exec: "expected what the command knows the secret as: letters, digits and . _ : / # -, without .. in it",
};

const WRITTEN = 'a text, a text with ${VARIABLE}, or { source: "env", id: "VARIABLE" }';

/** A text, a text with `${VAR}`, or a reference; never part of a message. */
export function secretField(resolve: SecretResolver, description: string) {
  const written = z.union([z.string().min(1, "a text that is not empty"), REFERENCE], WRITTEN);
  return written
    .transform((value, context) => {
      const result = typeof value === "string" ? { text: value } : resolve(value);
      if ("text" in result && result.text !== REDACTED) return result.text;
      const message = "text" in result ? PLACEHOLDER : result.problem;
      context.issues.push({ code: "custom", input: undefined, message });
      return z.NEVER;
    })
    .describe(`${description} A secret: a text, \${VARIABLE}, or { source, provider, id }.`)
    .meta({ secret: true });
}

const PLACEHOLDER = `${REDACTED} stands for a secret where one is shown; write the secret itself or \${VARIABLE}`;

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
  ask: names
    .exactOptional()
    .describe("Tools that wait for a person's approval before each call, written as in allow. Default: none."),
};

export const toolProfile = z.enum(["minimal", "coding", "messaging", "full"]);
