import type { Authenticate, AuthResult } from "../auth.ts";
import { OWNER_ID, type People } from "./people.ts";

export const USER_GONE: Extract<AuthResult, { readonly ok: false }> = {
  ok: false,
  code: "AUTH_UNAUTHORIZED",
  message: "The user that this credential was given to is not one of this gateway any more. Ask its owner.",
};

/** Users by their own secrets, then all whom `authenticate` knows; nobody with more than their user has now. */
export function knownOnly(authenticate: Authenticate, people: Pick<People, "authenticate" | "current">): Authenticate {
  const identified: Authenticate = async (credentials, caller) => {
    const { user } = credentials;
    if (user === OWNER_ID) return authenticate(credentials, caller);
    const own = await people.authenticate(credentials, caller);
    // Who says who they are is let in as nobody else.
    return own.ok || user !== undefined ? own : authenticate(credentials, caller);
  };
  return async (credentials, caller) => {
    const result = await identified(credentials, caller);
    if (!result.ok) return result;
    const principal = people.current(result.principal);
    return principal === undefined ? USER_GONE : { ok: true, principal };
  };
}
