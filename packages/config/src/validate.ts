import type * as z from "zod";
import type { ConfigPath } from "./config-path.ts";
import { expandIncludes } from "./include.ts";
import type { Finding } from "./issues.ts";
import { type Located, located, mapTexts, plain, type SourceFile } from "./located.ts";
import { parseConfigText } from "./parse-text.ts";
import { plainPasswords } from "./password-form.ts";
import { ConfigError, type ConfigProblem } from "./problem.ts";
import type { buildSchema } from "./schema.ts";
import {
  type Environment,
  fillVariables,
  isSecretPath,
  type SecretReference,
  type SecretResolution,
} from "./secret.ts";

type DeepReadonly<Type> = Type extends object ? { readonly [Key in keyof Type]: DeepReadonly<Type[Key]> } : Type;

/** The whole configuration, defaults filled in and secrets resolved. */
export type Config = DeepReadonly<z.output<ReturnType<typeof buildSchema>>>;

export interface ValidateOptions {
  /** Where the text was read; without it nothing can be included. */
  readonly file?: string;
  /** Where variables and secrets are looked up, and directories of includes. Default: nowhere. */
  readonly env?: Environment | undefined;
  /** Leave secrets as they are written and look none up. Default: when there is no `env`. */
  readonly keepSecrets?: boolean;
}

/** What was read, apart from whether it is right. */
export interface ConfigSources {
  /** As written: includes merged, variables and references as they are. */
  readonly tree: unknown;
  /** Every file that was included, in the order of reading. */
  readonly included: readonly SourceFile[];
}

export type Validation = ConfigSources &
  (
    | {
        readonly config: Config;
        readonly problems: readonly [];
        /** What is not wrong, but hardly meant. */
        readonly warnings: readonly ConfigProblem[];
      }
    | { readonly config: undefined; readonly problems: readonly ConfigProblem[] }
  );

/** A parser that is compiled first pays only for what is parsed many times. */
const ONCE = { jitless: true } as const;

/**
 * Checks a configuration text and all that it includes, and looks its secrets up. Rejects with `CONFIG_SYNTAX`, and
 * with what is wrong about an `$include`.
 */
export async function validateConfig(text: string, options: ValidateOptions = {}): Promise<Validation> {
  const { file, env = {}, keepSecrets = options.env === undefined } = options;
  const source = { path: file ?? "The configuration", text };
  const { root, included } =
    file === undefined
      ? { root: located(parseConfigText(text, source.path), source), included: [] }
      : await expandIncludes(source, env);
  const filled = fillTexts(root, env, keepSecrets);
  const sources = { tree: plain(root), included };
  const tree = plain(filled.root);
  // Loads zod, which nothing else here needs.
  const { buildSchema } = await import("./schema.ts");
  const asked: SecretReference[] = [];
  let lookUp = (reference: SecretReference): SecretResolution => {
    asked.push(reference);
    return { text: `\${${reference.id}}` };
  };
  const schema = buildSchema((reference) => lookUp(reference));
  let result = schema.safeParse(tree, ONCE);
  if (result.success && !keepSecrets && asked.length > 0) {
    const { resolveReferences } = await import("./resolve-secrets.ts");
    lookUp = await resolveReferences(asked, result.data.secrets, env);
    result = schema.safeParse(tree, ONCE);
  }
  if (result.success && filled.problems.length === 0) {
    const warnings = await placed([...filled.warnings, ...plainPasswords(sources.tree)], root);
    return { ...sources, config: result.data, problems: [], warnings };
  }
  const { findingsOf } = await import("./issues.ts");
  const known = new Set(filled.problems.map(({ path }) => JSON.stringify(path)));
  const found = findingsOf(result.error?.issues ?? [], sources.tree, schema);
  const others = found.filter(({ path }) => !known.has(JSON.stringify(path)));
  return { ...sources, config: undefined, problems: await placed([...filled.problems, ...others], root) };
}

/** {@link validateConfig} that throws `CONFIG_INVALID`. */
export async function parseConfig(text: string, options: ValidateOptions = {}): Promise<Config> {
  const { config, problems } = await validateConfig(text, options);
  if (config === undefined) throw new ConfigError("CONFIG_INVALID", options.file ?? "The configuration", problems);
  return config;
}

async function placed(findings: readonly Finding[], root: Located): Promise<readonly ConfigProblem[]> {
  if (findings.length === 0) return [];
  return (await import("./issues.ts")).problemsOf(findings, root);
}

/** Fills variables in. One that is not set is a problem where it stands for a secret, else the text stays as it is. */
function fillTexts(root: Located, env: Environment, keepSecrets: boolean) {
  const problems: Finding[] = [];
  const warnings: Finding[] = [];
  const change = (text: string, path: ConfigPath): string => {
    const secret = isSecretPath(path);
    if (secret && keepSecrets) return text;
    const { text: filled, missing } = fillVariables(text, env);
    for (const name of missing.slice(0, 1)) {
      const [list, what] = secret ? [problems, "set it for the gateway, or write the value here"] : [warnings, KEPT];
      list.push({ path, target: "value", message: `the environment variable ${name} is not set; ${what}` });
    }
    return filled;
  };
  return { root: mapTexts(root, change), problems, warnings };
}

const KEPT = "the text stays as it is written ($${ } writes it on purpose)";
