import { ClawError, type Logger, RateLimitedError } from "@claw/core";
import {
  invalidRequest,
  isMethod,
  isScope,
  type MethodName,
  methods,
  missingScope,
  parseParams,
  type RequestFrame,
  satisfies,
  unavailable,
  unknownMethod,
  type WireError,
} from "@claw/protocol";
import type { Peer } from "../connection/peers.ts";
import { respond, respondError } from "../connection/wire.ts";
import { grantedScopes } from "../granted-scopes.ts";
import { withOwnKeys } from "../people/own-key.ts";
import { agentMethods } from "./agent.ts";
import { agentFileMethods } from "./agent-files.ts";
import { agentSettingsMethods } from "./agent-settings.ts";
import { approvalMethods } from "./approvals.ts";
import { catalogueMethods } from "./catalogue.ts";
import { chatMethods } from "./chat.ts";
import { chatStartMethods } from "./chat-start.ts";
import { commandMethods } from "./commands.ts";
import { configMethods } from "./config.ts";
import { type Handler, type Handlers, type MethodDeps, MethodError } from "./context.ts";
import { deviceMethods } from "./devices.ts";
import { healthMethods } from "./health.ts";
import { logMethods } from "./logs.ts";
import { modelMethods } from "./models.ts";
import { createOpenRequests } from "./open-requests.ts";
import { questionMethods } from "./questions.ts";
import { createRoleGuard } from "./role-guard.ts";
import { safeModeMethods } from "./safe-mode.ts";
import { sandboxMethods } from "./sandbox.ts";
import { sendMethods } from "./send.ts";
import { sessionBranchMethods } from "./session-branches.ts";
import { sessionEditMethods } from "./session-edits.ts";
import { sessionMemberMethods } from "./session-members.ts";
import { sessionMessageMethods } from "./session-messages.ts";
import { sessionReadingMethods } from "./session-reading.ts";
import { sessionSearchMethods } from "./session-search.ts";
import { sessionUsageMethods } from "./session-usage.ts";
import { sessionMethods } from "./sessions.ts";
import { toolMethods } from "./tools.ts";
import { usageMethods } from "./usage.ts";
import { userMethods } from "./users.ts";

export interface RequestHandler {
  /** What can be asked of this composition. */
  readonly methods: readonly MethodName[];
  /** Answers one request: scope first, then the closed schema, then the method. Never rejects. */
  handle(peer: Peer, frame: RequestFrame, bytes: number): Promise<void>;
}

export function createRequestHandler(deps: MethodDeps, log: Logger): RequestHandler {
  const handlers: Handlers = {
    ...healthMethods(deps),
    ...sessionMethods(deps),
    ...sessionReadingMethods(deps),
    ...sessionEditMethods(deps),
    ...sessionBranchMethods(deps),
    ...sessionSearchMethods(deps),
    ...sessionUsageMethods(deps),
    ...sessionMemberMethods(deps),
    ...sessionMessageMethods(deps),
    ...chatMethods(deps),
    ...chatStartMethods(deps),
    ...commandMethods(deps),
    ...sendMethods(deps),
    ...agentMethods(deps),
    ...catalogueMethods(deps),
    ...sandboxMethods(deps),
    ...modelMethods(deps),
    ...toolMethods(deps),
    ...agentFileMethods(deps),
    ...agentSettingsMethods(deps),
    ...approvalMethods(deps),
    ...questionMethods(deps),
    ...deviceMethods(deps),
    ...logMethods(deps),
    ...configMethods(deps),
    ...usageMethods(deps),
    ...safeModeMethods(deps),
    ...userMethods(deps),
  };
  const openRequests = createOpenRequests();
  const refuseWrongRole = createRoleGuard();

  return {
    methods: Object.keys(handlers)
      .filter(isMethod)
      .filter((name) => handlers[name] !== undefined),
    handle,
  };

  async function handle(peer: Peer, frame: RequestFrame, bytes: number): Promise<void> {
    const finished = openRequests.begin(peer, bytes);
    if (finished === undefined) {
      return respondError(peer.connection, frame.id, unavailable("too many open requests", { retryAfterMs: 500 }));
    }
    const after: (() => void)[] = [];
    try {
      const payload = await call(peer, frame, (work) => after.push(work));
      respond(peer.connection, frame.id, payload);
    } catch (error) {
      respondError(peer.connection, frame.id, wireError(error, frame, log));
    } finally {
      finished();
      for (const work of after) work();
    }
  }

  async function call(
    peer: Peer,
    { id, method, params }: RequestFrame,
    afterwards: (work: () => void) => void,
  ): Promise<unknown> {
    const receivedMs = deps.clock.monotonicMs();
    refuseWrongRole(peer, method);
    const principal = deps.people.current(peer.principal);
    if (principal === undefined) throw new MethodError(GONE);
    const scopes = grantedScopes(peer.scopes.filter(isScope), principal);
    if (!isMethod(method)) {
      // Whether a method exists is for those to know who may call everything.
      throw new MethodError(
        satisfies(scopes, "operator.admin") ? unknownMethod(method) : missingScope("operator.admin"),
      );
    }
    const { scope, params: schema } = methods[method];
    if (scope !== undefined && !satisfies(scopes, scope)) throw new MethodError(missingScope(scope));
    const parsed = parseParams(method, schema, params);
    if (!parsed.ok) throw new MethodError(invalidRequest(parsed.message));
    if (handlers[method] === undefined) throw new MethodError(unavailable(absent(method)));
    const acknowledge = (payload: unknown): void => respond(peer.connection, id, payload);
    // The table ties each name to its params and result; TypeScript can't follow that through a union.
    const handler = handlers[method] as Handler<MethodName>;
    return handler(withOwnKeys(deps, principal, parsed.value) as never, {
      peer,
      principal,
      receivedMs,
      acknowledge,
      afterwards,
    });
  }
}

const GONE: WireError = { code: "FORBIDDEN", message: "this credential is not valid any more; connect again" };

const absent = (method: MethodName): string =>
  `${method} is not to be had here: this gateway was composed without what it works on`;

function wireError(error: unknown, { method }: RequestFrame, log: Logger): WireError {
  if (error instanceof MethodError) return error.wire;
  if (!ClawError.is(error)) {
    log.error("a method failed", { method, error: error instanceof Error ? error.message : String(error) });
    return unavailable("internal error; the gateway's log has more");
  }
  switch (error.code) {
    case "GATEWAY_REFUSED":
    case "STORE_FORBIDDEN":
      return { code: "FORBIDDEN", message: error.message, details: { code: error.code } };
    case "GATEWAY_UNROUTED":
    case "STORE_CONFLICT":
    case "STORE_FULL":
    case "STORE_INVALID":
      return { code: "INVALID_REQUEST", message: error.message, details: { code: error.code } };
    case "GATEWAY_BUSY": {
      const wait = error instanceof RateLimitedError ? { retryAfterMs: error.retryAfterMs } : {};
      return { ...unavailable(error.message, wait), details: { code: error.code } };
    }
    case "GATEWAY_STOPPING":
    case "STORE_UNWRITABLE":
      return { ...unavailable(error.message, { retryAfterMs: 1_000 }), details: { code: error.code } };
    default:
      log.error("a method failed", { method, code: error.code, error: error.message });
      return { ...unavailable(error.message), details: { code: error.code } };
  }
}
