import { createHash, timingSafeEqual } from "node:crypto";
import type { Awaitable, Principal } from "@claw/core";
import type { Source } from "./forwarded.ts";

/** What a caller showed; either field may carry the shared secret. */
export interface Credentials {
  /** Whose the secret is; the only way for a password that is kept as a hash. */
  readonly user?: string | undefined;
  readonly token?: string | undefined;
  readonly password?: string | undefined;
}

/** Where the request came from that carries the credentials. */
export interface Caller extends Source {
  readonly headers: Headers;
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
      /** Nothing of this kind was shown, so nothing was guessed. */
      readonly missing?: true;
    };

export type AuthFailure = Extract<AuthResult, { readonly ok: false }>;

export type Authenticate = (credentials: Credentials, caller: Caller) => Awaitable<AuthResult>;

/** Under which name a shown secret is known, for audit and revocation; `undefined` when it is wrong. */
export type VerifySecret = (shown: string) => Awaitable<string | undefined>;

export const OWNER: Omit<Principal, "credential"> = { id: "owner", kind: "user", tenant: "local", scopes: ["admin"] };

const WHERE = {
  token: '"claw token show" on its machine prints it, unless gateway.auth.token or CLAW_GATEWAY_TOKEN sets it',
  password: "It stands in openclaw.json as gateway.auth.password",
};

/** A secret that stands for the owner: the text itself, compared in constant time, or a way to verify one. */
export function sharedSecret(kind: "token" | "password", secret: string | VerifySecret): Authenticate {
  const verify = typeof secret === "string" ? exactly(secret, `gateway-${kind}`) : secret;
  const KIND = kind.toUpperCase();
  return async ({ token, password }) => {
    // Stock clients put the secret into either field.
    const shown = token ?? password;
    if (shown === undefined || shown === "") {
      return {
        ok: false,
        missing: true,
        code: `AUTH_${KIND}_MISSING`,
        message: `This gateway wants its ${kind}. Open the dashboard address that it printed at start, or pass --${kind}.`,
      };
    }
    const credential = await verify(shown);
    if (credential !== undefined) return { ok: true, principal: { ...OWNER, credential } };
    return {
      ok: false,
      code: `AUTH_${KIND}_MISMATCH`,
      message: `The ${kind} is not the one of this gateway, or no longer. ${WHERE[kind]}.`,
    };
  };
}

/** Asks one after the other: the first that knows the caller lets it in. Nobody is let in by none. */
export function firstAccepting(...authenticators: readonly Authenticate[]): Authenticate {
  return async (credentials, caller) => {
    const failures: AuthFailure[] = [];
    for (const authenticate of authenticators) {
      const result = await authenticate(credentials, caller);
      if (result.ok) return result;
      failures.push(result);
    }
    // What was shown and wrong says more than what was not shown.
    return failures.find(({ missing }) => missing === undefined) ?? failures[0] ?? NOBODY;
  };
}

const NOBODY: AuthFailure = {
  ok: false,
  code: "AUTH_UNAUTHORIZED",
  message: "This gateway was created without an authenticator. Pass `authenticate` to createGateway.",
};

/** Lets nobody in: what a gateway without an authenticator does. */
export const refuseEverybody: Authenticate = () => NOBODY;

/** Anybody who reaches the port is the owner. Only for a gateway that nobody else can reach. */
export const trustEverybody: Authenticate = () => ({ ok: true, principal: { ...OWNER, credential: "none" } });

function exactly(secret: string, credential: string): VerifySecret {
  const expected = sha256(secret);
  return (shown) => (timingSafeEqual(sha256(shown), expected) ? credential : undefined);
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
