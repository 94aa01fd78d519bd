import {
  type Config,
  ConfigError,
  type ConfigValue,
  changedPaths,
  type Environment,
  formatConfigPath,
  keepConfigCopy,
  mergePatch,
  parseConfigText,
  readConfigFile,
  redactConfig,
  replaceConfigFile,
  rewriteConfig,
  sourceHash,
  validateConfig,
  valueAt,
} from "@claw/config";
import type { BeforeWrite, ConfigChange, ConfigFile, ConfigRefusal } from "@claw/gateway";
import type { ConfigIssue, ConfigWritten } from "@claw/protocol";
import { type ConfigState, issueOf } from "./config-snapshot.ts";

/** A file below this may well become half as long. */
const MIN_GUARDED_LENGTH = 1_000;

export interface ConfigWriterOptions {
  readonly path: string;
  readonly env: Environment;
  /** Runs after every earlier write and reload. */
  readonly inTurn: <Result>(work: () => Promise<Result>) => Promise<Result>;
  readonly reload: (options?: { readonly force?: boolean }) => Promise<readonly ConfigIssue[]>;
  readonly state: () => ConfigState;
}

interface Request extends Pick<ConfigChange, "baseHash" | "mayShrink"> {
  readonly before: BeforeWrite;
  /** What the main file shall say, from what it says. */
  readonly change: (tree: unknown) => ConfigValue;
}

/** Writes the file for clients: checked first, whole or not at all, with the one before it kept beside it. */
export function configWriter(options: ConfigWriterOptions): Pick<ConfigFile, "patch" | "replace" | "reloadSecrets"> {
  const { path, env, inTurn, reload, state } = options;

  async function write(request: Request): Promise<ConfigWritten | ConfigRefusal> {
    const { baseHash, mayShrink = false, change } = request;
    const before = await current();
    const refuse = (code: ConfigRefusal["code"], message: string): ConfigRefusal => ({
      ok: false,
      code,
      message,
      issues: [],
      hash: before.hash,
    });
    if (baseHash === undefined && before.exists) {
      return refuse("CONFIG_STALE", "config base hash required; re-run config.get and retry");
    }
    if (baseHash !== before.hash && before.exists) {
      return refuse("CONFIG_STALE", "config changed since last load; re-run config.get and retry");
    }
    try {
      const wanted = change(parseConfigText(before.text, path));
      const text = await rewriteConfig(before.text, wanted);
      if (text === before.text) return written([]);
      const checked = await validateConfig(text, { file: path, env });
      if (checked.config === undefined)
        throw new ConfigError("CONFIG_INVALID", "What would be written", checked.problems);
      const lost = losesGateway(parseConfigText(before.text, path), wanted);
      if (lost || (!mayShrink && isClobber(before.text, text))) {
        const rejected = await keepConfigCopy(path, "rejected", text);
        return refuse(
          "CONFIG_CLOBBER",
          `the file would lose its gateway section or more than half of its text, so it was not written; what was sent is kept in ${rejected}`,
        );
      }
      const paths = changedPaths(state().loaded.config, checked.config).map(formatConfigPath);
      const nextHash = await sourceHash(text, { file: path, env });
      await request.before({ changedPaths: paths, hash: before.hash, nextHash });
      if ((await current()).hash !== before.hash) {
        return refuse("CONFIG_STALE", "config changed since last load; re-run config.get and retry");
      }
      await replaceConfigFile(path, before.exists ? before.text : undefined, text);
      await reload();
      return written(paths);
    } catch (error) {
      if (error instanceof ConfigError)
        return { ...refuse(codeOf(error), error.message), issues: error.problems.map(issueOf) };
      throw error;
    }
  }

  function written(paths: readonly string[]): ConfigWritten {
    const { hash, loaded, failures, restartRequired } = state();
    return {
      ok: true,
      ...(paths.length === 0 ? { noop: true } : {}),
      path,
      hash,
      config: redactConfig<Config>(loaded.config),
      changedPaths: paths,
      restartRequired,
      issues: failures,
    };
  }

  async function current() {
    try {
      const text = await readConfigFile(path);
      return { text, hash: await sourceHash(text, { file: path, env }), exists: true };
    } catch (error) {
      if (error instanceof ConfigError && error.code === "CONFIG_MISSING")
        return { text: "{}\n", hash: "", exists: false };
      throw error;
    }
  }

  return {
    patch: ({ raw, replacePaths = [], ...base }, before) =>
      inTurn(() =>
        write({
          ...base,
          before,
          change: (tree) => mergePatch(tree, parseConfigText(raw, "The patch") as ConfigValue, replacePaths),
        }),
      ),
    replace: ({ raw, ...base }, before) =>
      inTurn(() => write({ ...base, before, change: () => parseConfigText(raw, "What was sent") as ConfigValue })),
    reloadSecrets: () =>
      inTurn(async () => {
        const old = state().running;
        const issues = await reload({ force: true });
        if (issues.length > 0) {
          const message = "not every secret can be found, so the ones that were known stay";
          return { ok: false, code: "CONFIG_INVALID", message, issues, hash: state().hash };
        }
        const paths = changedPaths(old, state().running).map(formatConfigPath);
        return { ok: true, changedPaths: paths, warningCount: state().failures.length };
      }),
  };
}

function isClobber(before: string, after: string): boolean {
  return before.length >= MIN_GUARDED_LENGTH && after.length < before.length / 2;
}

function losesGateway(before: unknown, after: unknown): boolean {
  return valueAt(before, ["gateway"]) !== undefined && valueAt(after, ["gateway"]) === undefined;
}

function codeOf({ code }: ConfigError): ConfigRefusal["code"] {
  if (code === "CONFIG_CLOBBER" || code === "CONFIG_UNWRITABLE") return code;
  return "CONFIG_INVALID";
}
