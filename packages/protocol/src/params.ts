import { z } from "zod";
import type { Parsed } from "./parsed.ts";

// What several methods' params share. Lengths are far above any honest use and far below harm.

export const identifier = z.string().min(1).max(256);
export const sessionKey = z.string().min(1).max(512);
/** The run's id as well: the same key within the idempotency window is the same run. */
export const idempotencyKey = z.string().min(1).max(256);
export const count = z.int().min(0);
export const shortText = z.string().max(1_024);
/** Attachments as stock clients send them; a gateway that can't take them says so instead of dropping them. */
export const attachments = z.array(z.unknown()).max(32);
/** A key that stock clients may send and a gateway may not have: it refuses it by name when it carries something. */
export const FOREIGN = z.unknown().optional();

export const foreign = <Name extends string>(...names: readonly Name[]) =>
  Object.fromEntries(names.map((name) => [name, FOREIGN])) as Record<Name, typeof FOREIGN>;

const MAX_ISSUES = 5;
const MAX_KEY_LENGTH = 64;

/** Checks untrusted params; the message names every wrong place, the first five at most. */
export function parseParams<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  value: unknown,
): Parsed<z.output<Schema>> {
  const result = schema.safeParse(value ?? {});
  if (result.success) return { ok: true, value: result.data };
  const reasons = result.error.issues.slice(0, MAX_ISSUES).map(describe);
  return { ok: false, message: `invalid ${name} params: ${reasons.join("; ")}` };
}

function describe(issue: z.core.$ZodIssue): string {
  const path = issue.path.map((key) => String(key).slice(0, MAX_KEY_LENGTH)).join(".");
  const place = `at ${path === "" ? "root" : path}`;
  if (issue.code !== "unrecognized_keys") return `${place}: ${issue.message}`;
  const keys = issue.keys.slice(0, MAX_ISSUES).map((key) => `'${key.slice(0, MAX_KEY_LENGTH)}'`);
  return `${place}: unexpected property ${keys.join(", ")}`;
}
