import type * as z from "zod";
import { parseConfigText } from "./parse-text.ts";
import { ConfigError, type ConfigProblem } from "./problem.ts";
import type { buildSchema } from "./schema.ts";
import { type Environment, resolveSecret } from "./secret.ts";

type DeepReadonly<Type> = Type extends object ? { readonly [Key in keyof Type]: DeepReadonly<Type[Key]> } : Type;

/** The whole configuration, defaults filled in and secrets resolved. */
export type Config = DeepReadonly<z.output<ReturnType<typeof buildSchema>>>;

export type Validation =
  | { readonly config: Config; readonly problems: readonly [] }
  | { readonly config: undefined; readonly problems: readonly ConfigProblem[] };

/**
 * Checks a configuration text. Without `env` references to it are not followed: then `config` holds the secrets as
 * they are written. Throws `CONFIG_SYNTAX`.
 */
export async function validateConfig(
  text: string,
  { env, file = "The configuration" }: { readonly env?: Environment | undefined; readonly file?: string } = {},
): Promise<Validation> {
  const tree = parseConfigText(text, file);
  // Loads zod, which nothing else here needs.
  const schema = (await import("./schema.ts")).buildSchema((value) => {
    if (env !== undefined) return resolveSecret(value, env);
    return { text: typeof value === "string" ? value : `\${${value.id}}` };
  });
  const result = schema.safeParse(tree);
  if (result.success) return { config: result.data, problems: [] };
  const { problemsOf } = await import("./issues.ts");
  return { config: undefined, problems: await problemsOf(result.error.issues, { text, tree, schema }) };
}

/** {@link validateConfig} that throws `CONFIG_INVALID`. */
export async function parseConfig(
  text: string,
  options: { readonly env?: Environment | undefined; readonly file?: string } = {},
): Promise<Config> {
  const { config, problems } = await validateConfig(text, options);
  if (config === undefined) throw new ConfigError("CONFIG_INVALID", options.file ?? "The configuration", problems);
  return config;
}
