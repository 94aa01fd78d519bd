import { ClawError, type SandboxErrorCode } from "@claw/core";

export function failure(code: SandboxErrorCode, message: string, cause?: unknown): ClawError<SandboxErrorCode> {
  return new ClawError(code, message, cause === undefined ? undefined : { cause });
}
