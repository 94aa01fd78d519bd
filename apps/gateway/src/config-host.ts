import { isDeepStrictEqual } from "node:util";
import {
  type Config,
  ConfigError,
  type ConfigPath,
  changedPaths,
  disagreements,
  type Environment,
  formatConfigPath,
  includedFiles,
  keepLastGood,
  type LoadedConfig,
  loadConfig,
  readConfigFile,
  reloadKindOf,
  secretsIn,
  sourceHash,
  watchFiles,
  withValuesOf,
} from "@claw/config";
import type { Audit, Clock, Logger, Principal } from "@claw/core";
import { type ConfigFile, recordChange } from "@claw/gateway";
import type { ConfigIssue } from "@claw/protocol";
import { type ConfigState, configSnapshot, issueOf } from "./config-snapshot.ts";
import { configWriter } from "./config-writer.ts";
import { degradedSecrets } from "./degraded-secrets.ts";
import { schemaMethods } from "./schema-methods.ts";
import type { StartConfig } from "./start-config.ts";

export interface ConfigHostOptions {
  /** What the gateway starts with. */
  readonly loaded: LoadedConfig;
  /** Why that is not all that the file says. */
  readonly instead: StartConfig["instead"];
  readonly env: Environment;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Of changes that somebody made in the file itself; those over the wire are on record before. */
  readonly audit: Audit;
  /** Told of every secret in a file, before anything else is done with it. */
  readonly learn: (secrets: readonly string[]) => void;
  /** Takes on what changed, and says what it could not. Never rejects. */
  readonly apply: (config: Config, changed: readonly ConfigPath[]) => Promise<readonly ConfigIssue[]>;
}

export interface ConfigHost extends ConfigFile, Disposable {
  /** Follows the file and what it includes from now on. What the gateway began with is kept: it works. */
  watch(): Promise<void>;
}

/** Whoever may write the file: an editor, the command line. */
const FILE: Principal = { id: "file", kind: "service", tenant: "local", scopes: [], credential: "file" };

/** Keeps a running gateway and its configuration file together, in both directions. */
export function configHost(options: ConfigHostOptions): ConfigHost {
  const { loaded: started, instead, env, version, clock, log, audit, learn, apply } = options;
  const { path } = started;
  let state: ConfigState = {
    loaded: started,
    running: started.config,
    hash: started.hash,
    exists: true,
    problems: (instead?.problems ?? []).map(issueOf),
    startedWith: startedWith(instead),
    failures: [],
    restartRequired: [],
  };
  let last: Promise<unknown> = Promise.resolve();
  const files = watchFiles({ clock, onChange: () => void inTurn(() => reload({ noticed: true })) });
  reportWarnings(started);
  if (instead !== undefined) reportInstead(instead);

  /** One after the other: a write and a reload never meet. */
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = last.then(work);
    last = result.catch((error: unknown) => log.error("the configuration was not reloaded", { error: String(error) }));
    return result;
  }

  /** Resolves with what is wrong with the file, if something is. */
  async function reload({ force = false, noticed = false } = {}): Promise<readonly ConfigIssue[]> {
    const read = await loadConfig({ path, env }).catch(rejection);
    if ("problems" in read) reject(read);
    else if (force || read.hash !== state.hash || state.problems.length > 0) {
      if (noticed) await record(read);
      await take(read);
    }
    await follow();
    return state.problems;
  }

  async function record({ config, hash: nextHash }: LoadedConfig): Promise<void> {
    const { loaded } = state;
    const changed = changedPaths(loaded.config, config).map(formatConfigPath);
    if (changed.length === 0) return;
    const planned = { method: "file", changedPaths: changed, hash: loaded.hash, nextHash };
    // The file says so already, so a record that fails can't stop it.
    await recordChange(audit, FILE, planned)
      .then((made) => made.outcome({ ok: true, summary: "taken on", durationMs: 0 }))
      .catch((error: unknown) => log.error("a changed file is missing in the audit", { error: String(error) }));
  }

  async function rejection(error: unknown) {
    const text = await readConfigFile(path).catch(() => undefined);
    const problems = error instanceof ConfigError ? error.problems : [{ path: "", message: String(error) }];
    const hash = await sourceHash(text ?? "", { file: path, env });
    return { problems: problems.map(issueOf), exists: text !== undefined, hash };
  }

  function reject(rejected: Pick<ConfigState, "problems" | "exists" | "hash">): void {
    const isKnown = isDeepStrictEqual(rejected.problems, state.problems);
    state = { ...state, ...rejected };
    if (isKnown) return;
    for (const problem of rejected.problems) {
      log.warn("the changed configuration is not used", { reason: reasonOf(problem) });
    }
  }

  function reportInstead({ leftOut, savedAt, problems }: NonNullable<StartConfig["instead"]>): void {
    for (const problem of problems) log.error("the configuration has a mistake", { reason: reasonOf(problem) });
    const used =
      leftOut === undefined
        ? `the last version that worked, kept on ${savedAt?.toISOString() ?? "an unknown day"}`
        : `all but these sections of it: ${leftOut.join(", ")}`;
    log.error(`the gateway runs with ${used}; put ${path} right, and it counts at once`);
  }

  function reasonOf({ path: key, message, line, column, file = path }: ConfigIssue): string {
    const place = [file, line, column].filter((part) => part !== undefined).join(":");
    return `${place}: ${key === "" ? "" : `${key}: `}${message}`;
  }

  /** For a start after a mistake. Without a place for it there is none. */
  async function keep(worked: LoadedConfig): Promise<void> {
    await keepLastGood(worked).catch((error: unknown) =>
      log.info("the configuration is not kept for a start after a mistake", { error: String(error) }),
    );
  }

  async function take(read: LoadedConfig): Promise<void> {
    learn(secretsIn(read.config));
    reportWarnings(read);
    const off = read.config.gateway.reload.mode === "off";
    const waits = (key: ConfigPath): boolean => (off ? key[1] !== "reload" : reloadKindOf(key) === "restart");
    const base = off ? state.running : started.config;
    const fitting = withValuesOf(read.config, base, changedPaths(base, read.config).filter(waits));
    const running = agreeing(fitting, state.running);
    const waiting = changedPaths(running, read.config);
    const changed = changedPaths(state.running, running);
    // What failed before may work with what changed now.
    const concerned = state.failures.length > 0 ? changedPaths({}, running) : changed;
    const failures = concerned.length === 0 ? [] : await apply(running, concerned);
    const restartRequired = waiting.map(formatConfigPath);
    const fresh = restartRequired.filter((key) => !state.restartRequired.includes(key));
    state = {
      loaded: read,
      running,
      hash: read.hash,
      exists: true,
      problems: [],
      startedWith: undefined,
      failures,
      restartRequired,
    };
    if (failures.length === 0) await keep(read);
    if (changed.length > 0) log.info("the configuration was changed", { keys: changed.map(formatConfigPath) });
    if (fresh.length > 0) log.warn("a change of the configuration waits for a restart", { reason: fresh.join(", ") });
    for (const { path: key, message } of failures) {
      const reason = `${key}: ${message}`;
      log.warn("a part of the configuration could not be applied and stays as it was", { reason });
    }
  }

  function reportWarnings({ warnings }: LoadedConfig): void {
    for (const { path: key, message } of warnings) log.warn("in the configuration", { reason: `${key}: ${message}` });
  }

  /** Also files that only the wrong version includes: one of them may be the one to be put right. */
  async function follow(): Promise<void> {
    const text = state.problems.length === 0 ? undefined : await readConfigFile(path).catch(() => undefined);
    const included = text === undefined ? [] : await includedFiles(text, { file: path, env });
    files.watch([path, ...[...state.loaded.included, ...included].map((file) => file.path)]);
  }

  return {
    snapshot: () => configSnapshot(state),
    reloadStatus() {
      const { problems, failures, restartRequired, running, startedWith } = state;
      const issues = [...problems, ...failures];
      const worked = failures.length > 0 ? "partial" : running.gateway.reload.mode === "off" ? "off" : "ok";
      const hotReloadStatus = problems.length > 0 ? "rejected" : worked;
      return { hotReloadStatus, issues, restartRequired, ...(startedWith === undefined ? {} : { startedWith }) };
    },
    degradedSecretOwners: () => degradedSecrets(state.problems, state.startedWith === undefined ? "stale" : "cold"),
    ...schemaMethods(version),
    ...configWriter({ path, env, inTurn, reload, state: () => state }),
    async watch() {
      await follow();
      if (instead === undefined) await inTurn(() => keep(started));
    },
    [Symbol.dispose]: () => files[Symbol.dispose](),
  };
}

/**
 * What of a configuration can be used while some keys still are as they were before: a door that is unlocked for a wall
 * which stands only after the restart stays locked, and its whole section waits.
 */
function agreeing(wanted: Config, before: Config): Config {
  const sections = new Set(disagreements(wanted).map(([section = ""]) => section));
  if (sections.size === 0) return wanted;
  const partly = withValuesOf(
    wanted,
    before,
    Array.from(sections, (section) => [section]),
  );
  return disagreements(partly).length === 0 ? partly : before;
}

function startedWith(instead: StartConfig["instead"]): ConfigState["startedWith"] {
  if (instead === undefined) return undefined;
  const { leftOut, savedAt } = instead;
  return leftOut === undefined ? { lastGoodAtMs: savedAt?.getTime() ?? 0 } : { leftOut };
}
