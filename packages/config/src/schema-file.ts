import { dirname, join } from "node:path";
import { configJsonSchema } from "./json-schema.ts";
import type { LoadedConfig } from "./load-config.ts";
import { readConfigFile } from "./read-config-file.ts";
import { writeConfigFile } from "./write-config-file.ts";

/** What a configuration's `$schema` says when editors shall find the schema beside it. */
export const SCHEMA_BESIDE = "./openclaw.schema.json";

/** Writes the schema beside a configuration that names it, when that of this version is not there. */
export async function keepSchemaFile({ path, config }: Pick<LoadedConfig, "path" | "config">): Promise<void> {
  if (config.$schema !== SCHEMA_BESIDE) return;
  const file = join(dirname(path), SCHEMA_BESIDE);
  const text = `${JSON.stringify(await configJsonSchema(), undefined, 2)}\n`;
  const found = await readConfigFile(file).catch(() => undefined);
  if (found !== text) await writeConfigFile(file, text);
}
