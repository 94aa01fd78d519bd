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
import type { Authenticate, Caller } from "../auth.ts";
import type { AuthLimiter } from "../auth-limiter.ts";
import { type DeviceVisit, type IssuedToken, isRole, type Pairing, type Role } from "../devices/pairing.ts";
import { type Challenge, type ProvenDevice, proveDevice } from "../devices/prove-device.ts";
import { deviceRequired, unauthorized } from "../devices/refusals.ts";
import { grantedScopes, narrowed } from "../granted-scopes.ts";
import { USER_GONE } from "../people/known-only.ts";
import type { People } from "../people/people.ts";

/** A client that proved who it is. */
export interface Admission {
  readonly principal: Principal;
  readonly role: Role;
  /** Granted, never more than the credential allows. */
  readonly scopes: readonly Scope[];
  readonly params: ConnectParams;
  readonly device: ProvenDevice | undefined;
  /** For the device to keep. */
  readonly deviceToken: IssuedToken | undefined;
  /** Whether the credential has been taken away in the meantime. */
  readonly stillHolds: () => Promise<boolean>;
}

export type HandshakeResult =
  | { readonly ok: true; readonly admission: Admission }
  | { readonly ok: false; readonly error: WireError; readonly closeCode: number };

export interface AdmitOptions {
  readonly authenticate: Authenticate;
  readonly limitAuth: AuthLimiter;
  readonly pairing: Pairing;
  readonly people: Pick<People, "current">;
}

/** What a client proves itself with, once its `connect` is well formed. */
interface Visit {
  readonly params: ConnectParams;
  readonly role: Role;
  readonly asked: readonly Scope[];
  readonly device: ProvenDevice | undefined;
  readonly caller: Caller;
}

/** Checks the first request of a connection: form, protocol, role, device, credential. Nobody gets a scope unasked. */
export async function admit(
  frame: RequestFrame,
  caller: Caller,
  challenge: Challenge,
  options: AdmitOptions,
): Promise<HandshakeResult> {
  if (frame.method !== "connect") {
    return refuse(invalidRequest("invalid handshake: first request must be connect"));
  }
  const parsed = parseParams("connect", connectParams, frame.params);
  if (!parsed.ok) return refuse(invalidRequest(parsed.message));
  const params = parsed.value;
  if (params.minProtocol > PROTOCOL_VERSION || params.maxProtocol < PROTOCOL_VERSION) {
    return refuse(wrongProtocol(params), CLOSE_CODES.protocolMismatch);
  }
  const { role = "operator" } = params;
  if (!isRole(role)) return refuse(invalidRequest(`invalid role: expected operator or node, found ${role}`));
  const proof = params.device && proveDevice(params.device, params, challenge);
  if (proof?.ok === false) return refuse(proof.error);
  if (role === "node" && proof === undefined)
    return refuse(deviceRequired(params.client.mode, "a node signs its nonce"));
  // Scopes are an operator's; a node has what its commands are approved for.
  const asked = role === "node" ? [] : (params.scopes ?? []).filter(isScope);
  return heldNow(await identify({ params, role, asked, device: proof?.device, caller }, options), options.people);
}

/** A device keeps its token when its user has less than before, or is gone. */
function heldNow(result: HandshakeResult, people: Pick<People, "current">): HandshakeResult {
  if (!result.ok) return result;
  const principal = people.current(result.admission.principal);
  if (principal === undefined) return refuse(unauthorized(USER_GONE));
  const scopes = grantedScopes(result.admission.scopes, principal);
  return { ok: true, admission: { ...result.admission, principal, scopes } };
}

/** A device's own token goes first, so that a stale shared secret beside it is no failed guess. */
async function identify(visit: Visit, { authenticate, limitAuth, pairing }: AdmitOptions): Promise<HandshakeResult> {
  const { params, role, asked, device, caller } = visit;
  const { user, token, password, deviceToken } = params.auth ?? {};
  const secret = token === deviceToken ? undefined : token;
  const showsSecret = Boolean(secret || password);
  const { remoteAddress } = caller;
  const about: DeviceVisit | undefined = device && { device, role, scopes: asked, remoteAddress };

  if (deviceToken && about === undefined && !showsSecret) {
    return refuse(deviceRequired(params.client.mode, "a device token holds only with the device's signature"));
  }
  if (deviceToken && about !== undefined) {
    const verdict = await pairing.byToken(about, deviceToken);
    if (verdict.ok) return welcome(visit, asked, verdict);
    if (!showsSecret) return refuse(verdict.error);
  }
  const check = () => authenticate({ user, token: secret, password }, caller);
  const result = await limitAuth({ credential: "shared-secret", remoteAddress }, check);
  if (result.ok) {
    const { principal } = result;
    const scopes = grantedScopes(asked, principal);
    const issued = about && (await pairing.bySecret({ ...about, scopes }, principal));
    const held = role === "node" ? asNode(principal, device) : narrowed(principal, scopes);
    return welcome(visit, scopes, { principal: held, deviceToken: issued, stillHolds: async () => true });
  }
  if (about === undefined) return refuse(unauthorized(result));
  if (!showsSecret && result.missing === true) {
    const verdict = await pairing.byApproval(about);
    return verdict.ok ? welcome(visit, asked, verdict) : refuse(verdict.error);
  }
  return refuse(unauthorized(result, deviceToken === undefined && (await pairing.hasToken(about))));
}

type Welcomed = Pick<Admission, "principal" | "stillHolds"> & { readonly deviceToken?: IssuedToken | undefined };

function welcome({ params, role, device }: Visit, scopes: readonly Scope[], welcomed: Welcomed): HandshakeResult {
  const { principal, deviceToken, stillHolds } = welcomed;
  return { ok: true, admission: { principal, role, scopes, params, device, deviceToken, stillHolds } };
}

/** Its owner's secret let it in, and it is not its owner. */
function asNode(owner: Principal, device: ProvenDevice | undefined): Principal {
  return { ...owner, id: `node:${device?.id ?? ""}`, kind: "node", scopes: ["node"] };
}

function refuse(error: WireError, closeCode: number = CLOSE_CODES.policy): HandshakeResult {
  return { ok: false, error, closeCode };
}

function wrongProtocol({ minProtocol, maxProtocol }: ConnectParams): WireError {
  const message = `protocol mismatch: this gateway speaks ${PROTOCOL_VERSION}, the client ${minProtocol} to ${maxProtocol}`;
  return invalidRequest(message, { code: "PROTOCOL_MISMATCH" });
}
