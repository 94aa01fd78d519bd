import { invalidRequest } from "@claw/protocol";
import { MethodError } from "./context.ts";

/** Refuses params that would ask for what this gateway does not do, instead of dropping them. */
export function refuseUnsupported(params: object, supported: readonly string[]): void {
  const found = Object.entries(params).filter(([name, value]) => value !== undefined && !supported.includes(name));
  if (found.length === 0) return;
  const names = found.map(([name]) => name).join(", ");
  throw new MethodError(invalidRequest(`not supported: ${names}; supported: ${supported.join(", ")}`));
}
