import { z } from "zod";
import type { MethodSpecs } from "./method-spec.ts";

const MAX_RAW_LENGTH = 2_000_000;

const path = z.string().max(1024);
const change = {
  raw: z.string().max(MAX_RAW_LENGTH),
  baseHash: z.string().max(128).optional(),
};
/** What stock clients send along; a change here is applied at once, so nothing waits. */
const followUp = {
  note: z.string().max(2_000).optional(),
  sessionKey: z.string().max(512).optional(),
  restartDelayMs: z.number().int().min(0).optional(),
};

const configGetParams = z.strictObject({});
const configSetParams = z.strictObject(change);
const configApplyParams = z.strictObject({ ...change, ...followUp });
const configPatchParams = z.strictObject({
  ...change,
  ...followUp,
  replacePaths: z.array(path).max(256).optional(),
});
const configSchemaParams = z.strictObject({});
const configSchemaLookupParams = z.strictObject({ path });
const secretsReloadParams = z.strictObject({});

/** What is wrong with the configuration, or hardly meant. Never holds a secret. */
export interface ConfigIssue {
  readonly path: string;
  readonly message: string;
  /** The included file it stands in, when it is not the main one. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** Secrets are redacted in every value here. */
export interface ConfigSnapshot {
  readonly path: string;
  readonly includedPaths: readonly string[];
  readonly exists: boolean;
  /** False: the file has `issues`, and everything else here is of the last one that was right. */
  readonly valid: boolean;
  /** What the main file says, as JSON: a comment could hold a secret. `null` when there is no file. */
  readonly raw: string | null;
  /** As written, includes merged. */
  readonly parsed: unknown;
  readonly sourceConfig: unknown;
  readonly resolved: unknown;
  /** With defaults filled in. */
  readonly config: unknown;
  /** What is in use: like `config`, but for what waits for a restart or could not be applied. */
  readonly runtimeConfig: unknown;
  /** Of the file and all that it includes; what a write is guarded by. */
  readonly hash: string;
  readonly issues: readonly ConfigIssue[];
  readonly warnings: readonly ConfigIssue[];
  /** Changed keys that count from the next start. */
  readonly restartRequired: readonly string[];
}

/** How the last change of the file went. */
export interface ConfigReload {
  /**
   * `rejected`: the file has `issues`, the last one that was right counts. `partial`: the parts in `issues` could not take
   * it on and work as before. `off`: changes wait for a restart.
   */
  readonly hotReloadStatus: "ok" | "rejected" | "partial" | "off";
  readonly issues: readonly ConfigIssue[];
  readonly restartRequired: readonly string[];
  /**
   * Set while the file has been wrong since the start: it is used without the sections `leftOut`, or what is used is the last
   * version that worked, kept at `lastGoodAtMs`.
   */
  readonly startedWith?: { readonly leftOut?: readonly string[]; readonly lastGoodAtMs?: number };
}

export interface ConfigWritten {
  readonly ok: true;
  /** Nothing was to be changed. */
  readonly noop?: true;
  readonly path: string;
  readonly hash: string;
  readonly config: unknown;
  readonly changedPaths: readonly string[];
  /** Changed keys that count from the next start; the others count now. */
  readonly restartRequired: readonly string[];
  /** Parts that could not take the change on and work as before. */
  readonly issues: readonly ConfigIssue[];
}

export interface ConfigSchema {
  /** JSON Schema, draft 7. */
  readonly schema: unknown;
  readonly uiHints: Readonly<Record<string, { readonly label?: string; readonly help?: string }>>;
  readonly version: string;
  readonly generatedAt: string;
}

interface SchemaHint {
  readonly label: string;
  readonly help?: string;
}

export interface ConfigSchemaLookup {
  readonly path: string;
  readonly schema: unknown;
  readonly reloadKind: "hot" | "restart";
  readonly hint: SchemaHint;
  readonly hintPath: string;
  readonly children: readonly {
    readonly key: string;
    readonly path: string;
    readonly type?: string;
    readonly required: boolean;
    readonly hasChildren: boolean;
    readonly reloadKind: "hot" | "restart";
    readonly hint: SchemaHint;
  }[];
}

export interface SecretsReloaded {
  readonly ok: true;
  /** Keys whose secret is another one now. */
  readonly changedPaths: readonly string[];
  readonly warningCount: number;
}

export interface ConfigResults {
  readonly "config.get": ConfigSnapshot;
  readonly "config.schema": ConfigSchema;
  readonly "config.schema.lookup": ConfigSchemaLookup;
  readonly "config.set": ConfigWritten;
  readonly "config.patch": ConfigWritten;
  readonly "config.apply": ConfigWritten;
  readonly "secrets.reload": SecretsReloaded;
}

const WRITE = { raw: '{ logging: { level: "debug" } }', baseHash: "0f1e2d3c" };

export const configMethods = {
  "config.get": {
    summary: "The configuration with its secrets redacted.",
    params: configGetParams,
    scope: "operator.read",
    example: {},
  },
  "config.schema": {
    summary: "The JSON Schema of the configuration.",
    params: configSchemaParams,
    scope: "operator.read",
    example: {},
  },
  "config.schema.lookup": {
    summary: "What one key of the configuration may be, what is below it, and whether it needs a restart.",
    params: configSchemaLookupParams,
    scope: "operator.read",
    example: { path: "gateway.auth" },
  },
  "config.set": {
    summary: "Replaces the configuration file, comments kept where values stay.",
    params: configSetParams,
    scope: "operator.admin",
    example: WRITE,
  },
  "config.patch": {
    summary: "Changes the configuration file by a JSON merge patch, unless it was changed since `baseHash`.",
    params: configPatchParams,
    scope: "operator.admin",
    example: { ...WRITE, note: "more detail for a day" },
  },
  "config.apply": {
    summary: "Replaces the configuration file and applies it.",
    params: configApplyParams,
    scope: "operator.admin",
    example: WRITE,
  },
  "secrets.reload": {
    summary: "Looks every secret of the configuration up again.",
    params: secretsReloadParams,
    scope: "operator.admin",
    example: {},
  },
} as const satisfies MethodSpecs<ConfigResults>;
