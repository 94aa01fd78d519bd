import { type Authenticate, type AuthFailure, OWNER } from "../auth.ts";
import { isLoopback } from "../forwarded.ts";

export interface TailscaleOptions {
  /** Asks the Tailscale daemon whose address this is. Rejects when it can't tell. */
  readonly whois: (address: string) => Promise<{ readonly login: string }>;
  /** Login names that are the owner, like `alice@example.com`. Default: every user of the tailnet. */
  readonly allowUsers?: readonly string[];
}

const LOGIN_HEADER = "tailscale-user-login";

/**
 * Lets users of the tailnet in whom Tailscale Serve on this machine names and the daemon confirms. For WebSocket alone:
 * over HTTP a page elsewhere could use what the browser is not asked for.
 */
export function tailscaleServe({ whois, allowUsers }: TailscaleOptions): Authenticate {
  return async (_, { headers, proxy, remoteAddress }) => {
    const login = headers.get(LOGIN_HEADER)?.trim();
    if (!login || headers.get("upgrade")?.toLowerCase() !== "websocket") {
      const message = "This needs the identity that Tailscale Serve adds to a WebSocket of a tailnet user.";
      return { ...refuse("AUTH_TAILSCALE_IDENTITY_MISSING", message), missing: true };
    }
    if (!isLoopback(proxy) || remoteAddress === undefined) {
      return refuse("AUTH_TAILSCALE_PROXY_MISSING", "Tailscale's identity counts only from Serve on this machine.");
    }
    const found = await whois(remoteAddress).catch(() => undefined);
    if (found === undefined) {
      const message = "Tailscale can't say whose address this is. Check that tailscaled runs, or use the token.";
      return refuse("AUTH_TAILSCALE_WHOIS_FAILED", message);
    }
    if (found.login !== login) {
      return refuse("AUTH_TAILSCALE_IDENTITY_MISMATCH", "Tailscale knows this address as somebody else's.");
    }
    if (allowUsers !== undefined && !allowUsers.includes(login)) {
      return refuse("AUTH_UNAUTHORIZED", "This user of the tailnet is not one of gateway.auth.allowTailscale.");
    }
    return { ok: true, principal: { ...OWNER, credential: `tailscale:${login}` } };
  };
}

function refuse(code: string, message: string): AuthFailure {
  return { ok: false, code, message };
}
