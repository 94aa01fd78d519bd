import * as z from "zod";
import { PROVIDER_NAME } from "./secret.ts";

const milliseconds = z.number().int().min(1).max(120_000);
const bytes = z.number().int().min(1).max(20_000_000);
const absolutePath = z.string().regex(/^(?:\/|~\/)/, "an absolute path");
const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, "the name of an environment variable");
const providerName = z.string().regex(PROVIDER_NAME, "a provider name: a-z, 0-9, _ and -, a letter first");

const env = z.strictObject({
  source: z.literal("env").describe("Variables of the gateway's environment."),
  allowlist: z
    .array(variableName)
    .max(512)
    .exactOptional()
    .describe("The only variables that may be read; all, when absent."),
});

const file = z.strictObject({
  source: z.literal("file").describe("A file that only the gateway's user can read or write."),
  path: absolutePath.describe("Absolute path; no link."),
  mode: z
    .enum(["json", "singleValue"])
    .default("json")
    .describe(
      'json: ids are JSON pointers like "/providers/openai". singleValue: the whole file, with the id "value".',
    ),
  timeoutMs: milliseconds.default(5000).describe("Longest read, in milliseconds."),
  maxBytes: bytes.default(1_048_576).describe("Largest file, in bytes."),
});

const exec = z.strictObject({
  source: z.literal("exec").describe("A program that is asked in JSON on its input and answers in JSON on its output."),
  command: absolutePath.describe("Absolute path of the program: no link, and nobody else can write it."),
  args: z.array(z.string().max(4096)).max(64).default([]).describe("Arguments, passed as they are: there is no shell."),
  env: z.record(variableName, z.string().max(4096)).default({}).describe("Variables set for the program."),
  passEnv: z.array(variableName).max(128).default([]).describe("Variables of the gateway that the program gets too."),
  trustedDirs: z.array(absolutePath).max(64).exactOptional().describe("Directories the program must lie in."),
  timeoutMs: milliseconds.default(5000).describe("Longest run, in milliseconds."),
  noOutputTimeoutMs: milliseconds.exactOptional().describe("Longest silence, in milliseconds; timeoutMs when absent."),
  maxOutputBytes: bytes.default(1_048_576).describe("Largest answer, in bytes."),
  jsonOnly: z.boolean().default(true).describe("False: where one id is asked for, plain text is taken as its value."),
});

const defaults = z.strictObject({
  env: providerName.default("default").describe("Provider of env references that name none."),
  file: providerName.exactOptional().describe("Provider of file references that name none."),
  exec: providerName.exactOptional().describe("Provider of exec references that name none."),
});

/** Where secret references lead. */
export const secretsSchema = z.strictObject({
  providers: z
    .record(
      providerName,
      z.discriminatedUnion("source", [env, file, exec], {
        error: 'a provider with source "env", "file" or "exec"; "store" comes with the encrypted store',
      }),
    )
    .default({})
    .describe("Places that secret references lead to, by name."),
  defaults: defaults.prefault({}).describe("Provider of references that name none."),
});

export type SecretsSettings = z.output<typeof secretsSchema>;
export type SecretProvider = SecretsSettings["providers"][string];
