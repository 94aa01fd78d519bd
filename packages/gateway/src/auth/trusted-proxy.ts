import { type Authenticate, type AuthFailure, OWNER } from "../auth.ts";
import { isLoopback } from "../forwarded.ts";

export interface TrustedProxyOptions {
  /** The proxy says in it who its user is, like `x-forwarded-user`. */
  readonly userHeader: string;
  /** Headers without which the proxy's word does not count. */
  readonly requiredHeaders?: readonly string[];
  /** Who may come in, as the proxy names them; `*` is anybody the proxy lets through. */
  readonly allowUsers: readonly string[];
  /** Which of them are the owner; the others see and write what is theirs. Default: none. */
  readonly ownerUsers?: readonly string[];
  /** Believe a proxy on this machine, as whom any program here could speak. Default false. */
  readonly allowLoopback?: boolean;
}

/** The id of the principal that a proxy's user is. */
export const proxyUser = (name: string): string => `proxy:${name}`;

/** Takes a trusted proxy's word for who its user is. Which peers are trusted is `trustedProxies` of the gateway. */
export function trustedProxy(options: TrustedProxyOptions): Authenticate {
  const { userHeader, requiredHeaders = [], allowUsers, ownerUsers = [], allowLoopback = false } = options;
  return (_, { proxy, headers }) => {
    const user = headers.get(userHeader)?.trim();
    if (proxy === undefined) {
      const message = "This gateway is used through its proxy, which says who its user is. Open the proxy's address.";
      return { ...refuse("AUTH_VERIFIED_USER_REQUIRED", message), ...(user ? {} : { missing: true }) };
    }
    if (isLoopback(proxy) && !allowLoopback) {
      const message =
        "The proxy is on this machine, where any program could speak as it. Set gateway.auth.trustedProxy.allowLoopback if only the proxy can";
      return refuse("AUTH_UNAUTHORIZED", message);
    }
    const absent = requiredHeaders.find((name) => !headers.has(name));
    if (absent !== undefined) {
      return refuse("AUTH_UNAUTHORIZED", `The proxy did not set ${absent}, which gateway.auth.trustedProxy asks for.`);
    }
    if (!user)
      return { ...refuse("AUTH_IDENTITY_HEADER_REQUIRED", `The proxy did not set ${userHeader}.`), missing: true };
    if (!allowUsers.includes("*") && !allowUsers.includes(user)) {
      const message = "The proxy's user is not one of gateway.auth.trustedProxy.allowUsers.";
      return refuse("AUTH_UNAUTHORIZED", message);
    }
    const credential = "trusted-proxy";
    if (ownerUsers.includes(user)) return { ok: true, principal: { ...OWNER, credential } };
    return { ok: true, principal: { ...OWNER, id: proxyUser(user), scopes: ["read", "write"], credential } };
  };
}

function refuse(code: string, message: string): AuthFailure {
  return { ok: false, code, message };
}
