import { exceedsBytes, type RequestFrame } from "@claw/protocol";
import { GatewayError } from "./gateway-error.ts";

/** Throws a `GatewayError` for params that are not JSON or a frame above `maxBytes`. */
export function encode(frame: RequestFrame, maxBytes: number): string {
  let text: string;
  try {
    text = JSON.stringify(frame);
  } catch (cause) {
    throw new GatewayError("CLIENT_INVALID_REQUEST", `params of ${frame.method} are not JSON`, { cause });
  }
  if (!exceedsBytes(text, maxBytes)) return text;
  throw new GatewayError(
    "CLIENT_INVALID_REQUEST",
    `${frame.method} is larger than the ${maxBytes} bytes that the gateway takes: send less at once`,
  );
}
