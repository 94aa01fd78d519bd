import { ClawError, type SandboxErrorCode } from "@claw/core";

export function sandboxError(code: SandboxErrorCode, message: string, cause?: unknown): ClawError<SandboxErrorCode> {
  return new ClawError(code, message, cause === undefined ? undefined : { cause });
}

/** One line of what went wrong, without the dressing of the client library. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message || String(Reflect.get(error, "code")) : String(error);
  return message.replace(/^\(HTTP code \d+\) [^-]*- /, "").trim();
}

export function statusOf(error: unknown): number | undefined {
  const status = typeof error === "object" && error !== null ? Reflect.get(error, "statusCode") : undefined;
  return typeof status === "number" ? status : undefined;
}
