import {
  ConfigError,
  type ConfigProblem,
  type LoadConfigOptions,
  type LoadedConfig,
  lastGood,
  loadConfig,
  type Substitute,
  withoutBadSections,
} from "@claw/config";
import { ClawError } from "@claw/core";

/** What a gateway starts with. */
export interface StartConfig {
  readonly loaded: LoadedConfig;
  /** Set when the file is wrong: what is used of it, or instead of it, and why. */
  readonly instead?: Pick<Substitute, "leftOut" | "savedAt"> & { readonly problems: readonly ConfigProblem[] };
}

export interface StartConfigOptions extends LoadConfigOptions {
  /** False: the file, or no start. */
  readonly lastGood: boolean;
}

/** Mistakes of the file. What is wrong with the machine, or with who may come in, is no matter for an older version. */
const MISTAKES: ReadonlySet<string> = new Set(["CONFIG_INVALID", "CONFIG_SYNTAX", "MODEL_CONFIG"]);

/**
 * Composes with the file; when that has a mistake with the file less its bad optional sections, then with the last version
 * that worked. Rejects with what is wrong with the file when nothing else can be used.
 */
export async function withStartConfig<Result>(
  { lastGood: mayFallBack, ...where }: StartConfigOptions,
  compose: (start: StartConfig) => Promise<Result>,
): Promise<Result> {
  try {
    return await compose({ loaded: await loadConfig(where) });
  } catch (mistake) {
    if (!isMistake(mistake)) throw mistake;
    const problems = mistake instanceof ConfigError ? mistake.problems : [{ path: "", message: mistake.message }];
    for (const find of mayFallBack ? [withoutBadSections, lastGood] : [withoutBadSections]) {
      const found = await find(where).catch(() => undefined);
      if (found === undefined) continue;
      const { loaded, leftOut, savedAt } = found;
      try {
        return await compose({ loaded, instead: { leftOut, savedAt, problems } });
      } catch (error) {
        if (!isMistake(error)) throw error;
      }
    }
    throw mistake;
  }
}

function isMistake(error: unknown): error is ClawError {
  return ClawError.is(error) && MISTAKES.has(error.code);
}
