import type { SessionSettings } from "@claw/core";

/** What people call whether the provider's faster service is asked for. */
export function fastName(mode: SessionSettings["fastMode"]): string {
  if (mode === undefined) return "as the provider's account is set";
  return mode === "auto" ? "auto" : mode ? "on" : "off";
}
