import { posix } from "node:path";
import { ClawError } from "./errors.ts";
import type { SandboxErrorCode } from "./sandbox.ts";

const ROOT = "/workspace";

/**
 * The path relative to `/workspace`, normalised; `.` is the workspace itself. Throws `SANDBOX_PATH_ESCAPE` for one that
 * leaves it by its letters; links are for the file system to check.
 */
export function workspacePath(path: string): string {
  const absolute = posix.resolve(ROOT, path);
  if (path.includes("\0") || (absolute !== ROOT && !absolute.startsWith(`${ROOT}/`))) throw pathEscape(path);
  return posix.relative(ROOT, absolute) || ".";
}

export function pathEscape(path: string): ClawError<SandboxErrorCode> {
  return new ClawError(
    "SANDBOX_PATH_ESCAPE",
    `${JSON.stringify(path)} leaves the workspace; use a path below ${ROOT}, without links to the outside`,
  );
}
