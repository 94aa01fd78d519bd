import type { Awaitable } from "@claw/core";
import type {
  ConfigIssue,
  ConfigReload,
  ConfigSchema,
  ConfigSchemaLookup,
  ConfigSnapshot,
  ConfigWritten,
  DegradedSecretOwner,
  SecretsReloaded,
} from "@claw/protocol";

/** A change that was not made, and nothing with it. */
export interface ConfigRefusal {
  readonly ok: false;
  readonly code: "CONFIG_STALE" | "CONFIG_INVALID" | "CONFIG_CLOBBER" | "CONFIG_UNWRITABLE";
  /** Never holds a secret. */
  readonly message: string;
  readonly issues: readonly ConfigIssue[];
  /** Of the file as it is now. */
  readonly hash: string;
}

/** What a client wants written. */
export interface ConfigChange {
  /** JSON5. */
  readonly raw: string;
  /** The hash that the change was made on; may only be absent where there is no file. */
  readonly baseHash?: string;
  /** It is meant that most of the text goes, as when an agent with long instructions is deleted. */
  readonly mayShrink?: true;
}

/** What a client's change comes to. */
export interface PlannedChange {
  readonly changedPaths: readonly string[];
  /** Of the file as it is. */
  readonly hash: string;
  readonly nextHash: string;
}

/** Called once a change is found right and before it is written; a rejection stops it and is passed on. */
export type BeforeWrite = (planned: PlannedChange) => Promise<void>;

/** The configuration file behind a gateway, as its `config.*` methods read and change it. */
export interface ConfigFile {
  /** Its secrets redacted. */
  snapshot(): Awaitable<ConfigSnapshot>;
  reloadStatus(): ConfigReload;
  /** Whose secrets could not be looked up the last time. */
  degradedSecretOwners(): readonly DegradedSecretOwner[];
  schema(): Promise<ConfigSchema>;
  /** `undefined`: there is no such key. */
  lookUp(path: string): Promise<ConfigSchemaLookup | undefined>;
  /** A JSON merge patch. */
  patch(
    change: ConfigChange & { readonly replacePaths?: readonly string[] },
    before: BeforeWrite,
  ): Promise<ConfigWritten | ConfigRefusal>;
  /** The whole file. */
  replace(change: ConfigChange, before: BeforeWrite): Promise<ConfigWritten | ConfigRefusal>;
  /** Looks secrets up again; those that can't be found keep their last value, and are listed. */
  reloadSecrets(): Promise<SecretsReloaded | ConfigRefusal>;
}
