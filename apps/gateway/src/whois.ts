import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { TailscaleOptions } from "@claw/gateway";

const TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 1024 * 1024;

/** Asks the Tailscale daemon of this machine, through its command. */
export function tailscaleWhois(command = "tailscale"): TailscaleOptions["whois"] {
  return async (address) => {
    const options = { timeout: TIMEOUT_MS, maxBuffer: MAX_ANSWER_BYTES };
    const { stdout } = await promisify(execFile)(command, ["whois", "--json", address], options);
    const { UserProfile } = JSON.parse(stdout) as { readonly UserProfile?: { readonly LoginName?: unknown } };
    const login = UserProfile?.LoginName;
    if (typeof login !== "string" || login === "") throw new TypeError("tailscale whois named no user");
    return { login };
  };
}
