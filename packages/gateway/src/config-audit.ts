import { type Action, type Audit, type AuditedIntent, digestOf, type Principal } from "@claw/core";
import type { PlannedChange } from "./config-file.ts";
import { spokenBy } from "./methods/submit.ts";

/** A change has as many keys as a file of 2 MB can name. */
const MAX_PATHS = 256;

/** Puts on record that `principal` changes the configuration: which keys and which files by their hashes, no value. */
export function recordChange(
  audit: Audit,
  principal: Principal,
  { method, changedPaths = [], hash, nextHash }: Partial<PlannedChange> & { readonly method: string },
): Promise<AuditedIntent> {
  const leftOut = Math.max(0, changedPaths.length - MAX_PATHS);
  const input = { method, changedPaths: changedPaths.slice(0, MAX_PATHS), leftOut, hash, nextHash };
  return audit.intent(actionOf(principal, input), { effect: "allow", rule: method });
}

/** Puts on record that `principal` wanted to change the configuration, and why nothing came of it. */
export async function recordRefusal(
  audit: Audit,
  principal: Principal,
  { method, code, hash }: { readonly method: string; readonly code: string; readonly hash?: string },
): Promise<void> {
  await audit.intent(actionOf(principal, { method, hash }), { effect: "deny", rule: method, reason: code });
}

function actionOf(principal: Principal, input: Action["input"]): Action {
  const action = { type: "config.change", principal, agent: "", session: "", provenance: spokenBy(principal) } as const;
  return { ...action, input, digest: digestOf(input) };
}
