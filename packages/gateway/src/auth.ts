import { createHash, timingSafeEqual } from "node:crypto";
import type { Awaitable, Principal } from "@claw/core";

/** What a caller showed; either field may carry the shared secret. */
export interface Credentials {
  readonly token?: string | undefined;
  readonly password?: string | undefined;
}

export type AuthResult =
  | { readonly ok: true; readonly principal: Principal }
  /** `code` as stock clients know it, `message` for people: what was expected and how to get it. */
  | {
      readonly ok: false;
      readonly code: string;
      readonly message: string;
      /** The same credential may be right then. */
      readonly retryAfterMs?: number;
    };

export type Authenticate = (credentials: Credentials) => Awaitable<AuthResult>;

const OWNER: Omit<Principal, "credential"> = { id: "owner", kind: "user", tenant: "local", scopes: ["admin"] };

/** One secret that stands for the owner, compared in constant time. */
export function sharedSecret(kind: "token" | "password", secret: string): Authenticate {
  const expected = sha256(secret);
  const KIND = kind.toUpperCase();
  return ({ token, password }) => {
    // Stock clients put the secret into either field.
    const shown = token ?? password;
    if (shown === undefined || shown === "") {
      return {
        ok: false,
        code: `AUTH_${KIND}_MISSING`,
        message: `This gateway wants its ${kind}. Open the dashboard address that it printed at start, or pass --${kind}.`,
      };
    }
    if (!timingSafeEqual(sha256(shown), expected)) {
      return {
        ok: false,
        code: `AUTH_${KIND}_MISMATCH`,
        message: `The ${kind} is not the one of this gateway. It stands in openclaw.json as gateway.auth.${kind}.`,
      };
    }
    return { ok: true, principal: { ...OWNER, credential: `gateway-${kind}` } };
  };
}

/** Lets nobody in: what a gateway without an authenticator does. */
export const refuseEverybody: Authenticate = () => ({
  ok: false,
  code: "AUTH_UNAUTHORIZED",
  message: "This gateway was created without an authenticator. Pass `authenticate` to createGateway.",
});

/** Anybody who reaches the port is the owner. Only for a gateway that nobody else can reach. */
export const trustEverybody: Authenticate = () => ({ ok: true, principal: { ...OWNER, credential: "none" } });

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
