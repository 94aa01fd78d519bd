import { z } from "zod";
import type { MethodSpecs } from "./method-spec.ts";

const configGetParams = z.strictObject({});

/** Secrets are redacted in every value here. */
export interface ConfigSnapshot {
  readonly path: string;
  readonly includedPaths: readonly string[];
  readonly exists: boolean;
  readonly valid: boolean;
  /** The file's text with its secrets redacted; `null` when there is no file. */
  readonly raw: string | null;
  readonly parsed: unknown;
  /** With defaults filled in. */
  readonly config: unknown;
  /** Of the file and all that it includes; what a write is guarded by. */
  readonly hash: string;
  readonly issues: readonly { readonly path: string; readonly message: string }[];
}

export interface ConfigResults {
  readonly "config.get": ConfigSnapshot;
}

export const configMethods = {
  "config.get": {
    summary: "The configuration with its secrets redacted.",
    params: configGetParams,
    scope: "operator.read",
    example: {},
  },
} as const satisfies MethodSpecs<ConfigResults>;
