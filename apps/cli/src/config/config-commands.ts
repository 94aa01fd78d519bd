import {
  ConfigError,
  type ConfigValue,
  configJsonSchema,
  editConfig,
  hashConfig,
  initialConfig,
  loadConfig,
  parseConfig,
  parseConfigPath,
  readConfigFile,
  redactConfig,
  reloadKindOf,
  replaceConfigFile,
  resolvePaths,
  showProblem,
  valueAt,
} from "@claw/config";
import { EXIT_CODES } from "../exit-codes.ts";
import { CommandError } from "../failure.ts";
import type { StateFlags } from "../gateway-flags.ts";
import { note, paint, print, printJson } from "../output.ts";
import { printable } from "../text.ts";
import { openConfig } from "./open-config.ts";
import { readValue } from "./read-value.ts";

interface Flags extends StateFlags {
  readonly json?: true;
}

export async function showValue(path = "", flags: Flags & { readonly reveal?: true }): Promise<void> {
  const parts = parseConfigPath(path);
  const { source, path: file } = await openConfig(flags);
  const config = await parseConfig(source, { file, env: process.env, keepSecrets: true });
  const value = valueAt(flags.reveal ? config : redactConfig(config), parts);
  if (value === undefined) {
    throw new CommandError(EXIT_CODES.failed, `${path} is not set. "claw config schema" lists every key.`);
  }
  if (flags.json || typeof value !== "string") printJson(value);
  else print(printable(value));
}

export async function setValue(path: string, argument: string | undefined, flags: Flags): Promise<void> {
  if (parseConfigPath(path).length === 0) throw new CommandError(EXIT_CODES.usage, "Name the key to set.");
  await change(path, await readValue(path, argument), flags);
}

export async function unsetValue(path: string, flags: Flags): Promise<void> {
  await change(path, undefined, flags);
}

/** Writes one key, or takes it out, and says when that counts. */
export async function change(path: string, value: ConfigValue | undefined, flags: Flags): Promise<void> {
  const { source: found, path: file, exists } = await openConfig(flags);
  const source = exists || value === undefined ? found : initialConfig();
  const edited = await editConfig(source, path, value, { file, env: process.env });
  const changed = edited !== source;
  if (changed) {
    if (exists && hashConfig(await readConfigFile(file)) !== hashConfig(source)) {
      throw new CommandError(EXIT_CODES.failed, `${file} was changed by someone else meanwhile; try again.`);
    }
    await replaceConfigFile(file, exists ? source : undefined, edited);
  }
  if (flags.json) return printJson({ file, path, changed });
  const [did, not] = value === undefined ? ["removed", "was not set"] : ["set", "was so already"];
  note(changed ? `${paint("green", "✓", process.stderr)} ${path} ${did} in ${file}` : `${path} ${not}.`);
  if (changed) note(paint("dim", `  ${effectOf(path)}`, process.stderr));
}

/** When a change counts. */
function effectOf(path: string): string {
  if (reloadKindOf(parseConfigPath(path)) === "hot") return "A running gateway takes it on by itself.";
  return "A running gateway uses it after a restart.";
}

export async function validate(flags: Flags): Promise<void> {
  const { configPath } = resolvePaths({ env: process.env, flags });
  const { warnings } = await loadConfig({ path: configPath, env: process.env }).catch((error: unknown) => {
    if (!flags.json || !(error instanceof ConfigError)) throw error;
    printJson({ file: configPath, valid: false, problems: error.problems, warnings: [] });
    throw new CommandError(EXIT_CODES.configuration, "", { cause: error });
  });
  if (flags.json) return printJson({ file: configPath, valid: true, problems: [], warnings });
  for (const warning of warnings) note(`${paint("yellow", "warning", process.stderr)} ${showProblem(warning)}`);
  print(`${paint("green", "✓")} ${configPath} is right.`);
}

export async function showSchema(): Promise<void> {
  printJson(await configJsonSchema());
}

export async function showFile(flags: Flags): Promise<void> {
  const { path, exists } = await openConfig(flags);
  if (flags.json) printJson({ file: path, exists });
  else print(path);
}
