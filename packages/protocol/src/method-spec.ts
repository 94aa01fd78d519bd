import type { z } from "zod";
import type { Scope } from "./scopes.ts";

export interface MethodSpec {
  /** What it does, in one sentence; the reference page prints it. */
  readonly summary: string;
  /** Closed: an unknown key is refused. */
  readonly params: z.ZodObject;
  /** `undefined`: every admitted client may call it. */
  readonly scope: Scope | undefined;
  /** Params as a client sends them; the tests parse it, the reference page prints it. */
  readonly example: Readonly<Record<string, unknown>>;
}

/** One family's part of the table: a spec for each method that it has a result for. */
export type MethodSpecs<Results> = { readonly [Method in keyof Results]: MethodSpec };
