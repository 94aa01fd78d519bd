import { type Config, type ConfigProblem, type LoadedConfig, parseConfigText, redactConfig } from "@claw/config";
import type { ConfigIssue, ConfigReload, ConfigSnapshot } from "@claw/protocol";

/** What the host of the configuration knows. */
export interface ConfigState {
  /** The last one that was right. */
  readonly loaded: LoadedConfig;
  /** What is in use of it. */
  readonly running: Config;
  /** Of the file as it is, right or wrong. */
  readonly hash: string;
  readonly exists: boolean;
  /** Why the file as it is does not count. */
  readonly problems: readonly ConfigIssue[];
  /** Since the start, what is used of the file that is wrong, or instead of it. */
  readonly startedWith: ConfigReload["startedWith"];
  /** What could not be applied. */
  readonly failures: readonly ConfigIssue[];
  readonly restartRequired: readonly string[];
}

/** The configuration as clients may see it: never with a secret in it. */
export function configSnapshot({ loaded, running, startedWith: _, ...state }: ConfigState): ConfigSnapshot {
  const { path, config, tree, included, source, warnings } = loaded;
  const parsed = redactConfig(tree);
  const shown = redactConfig(config);
  return {
    path,
    includedPaths: included.map((file) => file.path),
    exists: state.exists,
    valid: state.problems.length === 0,
    raw: state.exists ? JSON.stringify(redactConfig(parseConfigText(source, path)), undefined, 2) : null,
    parsed,
    sourceConfig: parsed,
    resolved: parsed,
    config: shown,
    runtimeConfig: redactConfig(running),
    hash: state.hash,
    issues: [...state.problems, ...state.failures],
    warnings: warnings.map(issueOf),
    restartRequired: state.restartRequired,
  };
}

/** Without the excerpt, which is for terminals. */
export function issueOf({ excerpt: _, ...issue }: ConfigProblem): ConfigIssue {
  return issue;
}
