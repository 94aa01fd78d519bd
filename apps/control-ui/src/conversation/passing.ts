import { GatewayError } from "@claw/client";

/** Whether the same request may succeed later. */
export function isPassing(error: unknown): boolean {
  return error instanceof GatewayError && (error.retryable || error.code === "CLIENT_TIMEOUT");
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
