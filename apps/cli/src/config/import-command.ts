import {
  type Imported,
  type ImportedKey,
  importConfig,
  initialConfig,
  mergePatch,
  parseConfigText,
  readConfigFile,
  replaceConfigFile,
  rewriteConfig,
  validateConfig,
} from "@claw/config";
import { EXIT_CODES } from "../exit-codes.ts";
import { CommandError } from "../failure.ts";
import type { StateFlags } from "../gateway-flags.ts";
import { note, paint, print, printJson, type Style } from "../output.ts";
import { printable } from "../text.ts";
import { openConfig } from "./open-config.ts";

interface ImportFlags extends StateFlags {
  readonly json?: true;
  readonly write?: true;
}

/** Shows what of an OpenClaw configuration has a place here, and with `--write` takes it over. */
export async function importFile(source: string, flags: ImportFlags): Promise<void> {
  const text = await readConfigFile(source);
  const imported = await importConfig(text, { file: source, env: process.env });
  const file = flags.write ? await takeOver(imported, flags) : undefined;
  if (flags.json) return printJson({ source, ...(file === undefined ? {} : { file }), keys: imported.keys });
  for (const line of report(imported.keys)) print(line);
  if (file !== undefined) note(`${paint("green", "✓", process.stderr)} written to ${file}`);
  else note(paint("dim", "Nothing is written yet; add --write to take it over.", process.stderr));
}

async function takeOver({ config }: Imported, flags: StateFlags): Promise<string> {
  const { path, source, exists } = await openConfig(flags);
  const before = exists ? source : initialConfig();
  const tree = parseConfigText(before, path);
  const after = await rewriteConfig(before, mergePatch(tree, config, listsIn(config)));
  const { problems } = await validateConfig(after, { file: path, env: process.env, keepSecrets: true });
  const [problem] = problems;
  if (problem !== undefined) {
    throw new CommandError(
      EXIT_CODES.configuration,
      `Together with what ${path} says already it would be wrong, so nothing is written: ${problem.path}: ${problem.message}`,
    );
  }
  await replaceConfigFile(path, exists ? before : undefined, after);
  return path;
}

/** An import means its lists as they are. */
function listsIn(value: unknown, path = ""): readonly string[] {
  if (Array.isArray(value)) return [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => listsIn(child, path === "" ? key : `${path}.${key}`));
}

const TITLES: readonly (readonly [outcome: ImportedKey["outcome"], title: string, style: Style])[] = [
  ["used", "used", "green"],
  ["renamed", "used under another name", "cyan"],
  ["changed", "used with another value", "cyan"],
  ["ignored", "ignored", "yellow"],
];

/** What became of the keys, most welcome first. */
function report(keys: readonly ImportedKey[]): readonly string[] {
  const width = Math.min(48, Math.max(0, ...keys.map(({ path }) => path.length)));
  return TITLES.flatMap(([outcome, title, style]) => {
    const rows = keys.filter((key) => key.outcome === outcome);
    if (rows.length === 0) return [];
    return [paint(style, `${rows.length} ${title}`), ...rows.map((row) => `  ${line(row, width)}`), ""];
  });
}

function line({ path, outcome, to, reason }: ImportedKey, width: number): string {
  const name = printable(path);
  if (outcome === "renamed") return `${name.padEnd(width)}  → ${printable(to ?? "")}`;
  return reason === undefined ? name : `${name.padEnd(width)}  ${paint("dim", printable(reason))}`;
}
