import type { Principal } from "@claw/core";
import {
  CLOSE_CODES,
  type ConnectParams,
  connectParams,
  invalidRequest,
  isScope,
  PROTOCOL_VERSION,
  parseParams,
  type RequestFrame,
  type Scope,
  type WireError,
} from "@claw/protocol";
import type { Authenticate, AuthResult, Caller } from "../auth.ts";
import type { AuthLimiter } from "../auth-limiter.ts";
import { grantedScopes, narrowed } from "../granted-scopes.ts";

/** A client that proved who it is. */
export interface Admission {
  readonly principal: Principal;
  readonly scopes: readonly Scope[];
  readonly params: ConnectParams;
}

export type HandshakeResult =
  | { readonly ok: true; readonly admission: Admission }
  | { readonly ok: false; readonly error: WireError; readonly closeCode: number };

export interface AdmitOptions {
  readonly authenticate: Authenticate;
  readonly limitAuth: AuthLimiter;
}

/** Checks the first request of a connection: form, protocol, role, credential. Nobody gets a scope unasked. */
export async function admit(
  frame: RequestFrame,
  caller: Caller,
  { authenticate, limitAuth }: AdmitOptions,
): Promise<HandshakeResult> {
  if (frame.method !== "connect") {
    return refuse(invalidRequest("invalid handshake: first request must be connect"), CLOSE_CODES.policy);
  }
  const parsed = parseParams("connect", connectParams, frame.params);
  if (!parsed.ok) return refuse(invalidRequest(parsed.message), CLOSE_CODES.policy);
  const params = parsed.value;
  if (params.minProtocol > PROTOCOL_VERSION || params.maxProtocol < PROTOCOL_VERSION) {
    return refuse(wrongProtocol(params), CLOSE_CODES.protocolMismatch);
  }
  const role = params.role ?? "operator";
  if (role !== "operator") {
    return refuse(invalidRequest(`invalid role: expected operator, found ${role}`), CLOSE_CODES.policy);
  }
  const { token, password } = params.auth ?? {};
  const { remoteAddress } = caller;
  const check = () => authenticate({ token, password }, caller);
  const result = await limitAuth({ credential: "shared-secret", remoteAddress }, check);
  if (!result.ok) return refuse(unauthorized(result), CLOSE_CODES.policy);
  const scopes = grantedScopes((params.scopes ?? []).filter(isScope), result.principal);
  return { ok: true, admission: { principal: narrowed(result.principal, scopes), scopes, params } };
}

function refuse(error: WireError, closeCode: number): HandshakeResult {
  return { ok: false, error, closeCode };
}

function unauthorized({ code, message, retryAfterMs }: Extract<AuthResult, { readonly ok: false }>): WireError {
  const waiting = retryAfterMs === undefined ? {} : { retryable: true, retryAfterMs };
  const recommendedNextStep = retryAfterMs === undefined ? "update_auth_credentials" : "wait_then_retry";
  const details = { code, recommendedNextStep };
  return { code: "INVALID_REQUEST", message: `unauthorized: ${message}`, details, ...waiting };
}

function wrongProtocol({ minProtocol, maxProtocol }: ConnectParams): WireError {
  const message = `protocol mismatch: this gateway speaks ${PROTOCOL_VERSION}, the client ${minProtocol} to ${maxProtocol}`;
  return invalidRequest(message, { code: "PROTOCOL_MISMATCH" });
}
