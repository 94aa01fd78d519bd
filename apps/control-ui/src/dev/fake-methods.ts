import {
  type ConfigReload,
  isMethod,
  type MethodName,
  type MethodResults,
  type Params,
  parseParams,
  type SafeModeInfo,
  type SandboxStatus,
  methods as specs,
  unknownMethod,
  type WireError,
} from "@claw/protocol";
import { agentsList, healthOf, MODELS } from "./facts.ts";
import { playRun } from "./fake-run.ts";
import { createFakeSession, type FakeSession } from "./fake-session.ts";

export interface FakeMethodsOptions {
  readonly paceMs: number;
  readonly agentIds: readonly string[];
  readonly sandbox: SandboxStatus;
  /** Until it is left. */
  readonly safeMode: SafeModeInfo | undefined;
  readonly configReload: ConfigReload | undefined;
  readonly broadcast: (event: string, payload: unknown) => void;
}

export interface FakeMethods {
  call(
    method: string,
    params: unknown,
  ): Promise<{ readonly ok: true; readonly payload: unknown } | { readonly ok: false; readonly error: WireError }>;
  /** Lets the runs that wait at a gate go on. */
  openGate(): void;
  session(key: string): FakeSession;
  /** The idempotency key of every `chat.send`, repeats included. */
  readonly sentKeys: readonly string[];
  stop(): void;
}

export function createFakeMethods(options: FakeMethodsOptions): FakeMethods {
  const { paceMs, agentIds, sandbox, safeMode, configReload, broadcast } = options;
  const sessions = new Map<string, FakeSession>();
  const running = new Map<string, { readonly sessionKey: string; readonly stop: AbortController }>();
  const sentKeys: string[] = [];
  let safe = safeMode;
  let gate = Promise.withResolvers<void>();

  function session(key: string): FakeSession {
    const known = sessions.get(key);
    if (known !== undefined) return known;
    const created = createFakeSession(key, (row) =>
      broadcast("sessions.changed", { ...row, sessionKey: key, reason: "updated" }),
    );
    sessions.set(key, created);
    return created;
  }

  function send({ sessionKey, message, idempotencyKey: runId }: Params<"chat.send">): MethodResults["chat.send"] {
    sentKeys.push(runId);
    const target = session(sessionKey);
    const known = target.runs.find((run) => run.runId === runId);
    if (known !== undefined) return { runId, status: known.endedAt === undefined ? "in_flight" : "ok" };
    target.record({ role: "user", runId, content: [{ type: "text", text: message }] });
    const stop = new AbortController();
    running.set(runId, { sessionKey, stop });
    const waits = () => gate.promise;
    void playRun({ runId, message, session: target, broadcast, gate: waits, signal: stop.signal, paceMs }).finally(() =>
      running.delete(runId),
    );
    return { runId, status: "started" };
  }

  function abort({ sessionKey }: Params<"chat.abort">): MethodResults["chat.abort"] {
    const stopped = [...running].filter(([, run]) => run.sessionKey === sessionKey);
    for (const [, run] of stopped) run.stop.abort();
    return { ok: true, aborted: stopped.length > 0, runIds: stopped.map(([runId]) => runId) };
  }

  function list(): MethodResults["sessions.list"] {
    const rows = [...sessions.values()]
      .filter((one) => one.history(1, 0).messages.length > 0)
      .map((one) => one.row())
      .sort((left, right) => right.updatedAt - left.updatedAt);
    const defaults = { modelProvider: null, model: null, contextTokens: null };
    return {
      ts: Date.now(),
      path: "",
      count: rows.length,
      limitApplied: 100,
      hasMore: false,
      defaults,
      sessions: rows,
    };
  }

  const handlers: { readonly [Method in MethodName]?: (params: Params<Method>) => MethodResults[Method] } = {
    "agents.list": () => agentsList(agentIds),
    "models.list": () => MODELS,
    "sandbox.status": () => sandbox,
    health: () => healthOf(safe, configReload),
    "safe-mode.off": () => {
      safe = undefined;
      return { left: true, resumed: 0 };
    },
    "sessions.list": list,
    "sessions.subscribe": () => ({ subscribed: true }),
    "chat.send": send,
    "chat.abort": abort,
    "chat.history": ({ sessionKey, limit = 200, offset = 0 }) => session(sessionKey).history(limit, offset),
    "runs.list": ({ sessionKey }) => ({ runs: session(sessionKey).runs }),
    "runs.get": ({ runId }) => {
      const run = [...sessions.values()].flatMap(({ runs }) => runs).find((one) => one.runId === runId);
      if (run === undefined) throw new Error(`no run ${runId}`);
      return { run };
    },
  };

  return {
    async call(method, params) {
      const handler = isMethod(method) ? handlers[method] : undefined;
      if (!isMethod(method) || handler === undefined) return { ok: false, error: unknownMethod(method) };
      const parsed = parseParams(method, specs[method].params, params);
      if (!parsed.ok) return { ok: false, error: { code: "INVALID_REQUEST", message: parsed.message } };
      try {
        return { ok: true, payload: handler(parsed.value as never) };
      } catch (error) {
        return { ok: false, error: { code: "INVALID_REQUEST", message: String(error) } };
      }
    },
    openGate() {
      gate.resolve();
      gate = Promise.withResolvers();
    },
    session,
    sentKeys,
    stop() {
      for (const { stop } of running.values()) stop.abort();
    },
  };
}
