import {
  ClawError,
  type Clock,
  type Logger,
  type Sandbox,
  type SandboxErrorCode,
  type SandboxLease,
  type SandboxProvider,
  type SandboxSpec,
} from "@claw/core";

export interface SandboxSettings {
  readonly provider: SandboxProvider;
  /** What an agent's sandbox looks like; the gateway adds the key. */
  readonly spec: (agent: string) => Omit<SandboxSpec, "key">;
  /** An unused sandbox is given back after this long. Default 10 minutes. */
  readonly idleMs?: number;
}

/** Asks the gate, then acquires. */
export type Admit = (spec: SandboxSpec, acquire: () => Promise<SandboxLease>) => Promise<SandboxLease>;

/** A session's sandbox while a tool runs. */
export interface SandboxHold {
  /** Acquires it when the session has none yet. */
  get(admit: Admit, signal: AbortSignal): Promise<Sandbox>;
  /** To be called once, with what made the tool fail, if something did: a lost sandbox is not used again. */
  release(failure?: unknown): Promise<void>;
}

export interface Sandboxes extends AsyncDisposable {
  hold(session: string, agent: string): SandboxHold;
}

interface Slot {
  lease: Promise<SandboxLease> | undefined;
  users: number;
  cancelIdle: (() => void) | undefined;
}

const DEFAULT_IDLE_MS = 10 * 60_000;

/** One sandbox per session, given back when it has been idle for a while or turns out to be lost. */
export function createSandboxes(settings: SandboxSettings | undefined, clock: Clock, log: Logger): Sandboxes {
  const slots = new Map<string, Slot>();

  const discard = async (session: string, slot: Slot): Promise<void> => {
    if (slots.get(session) === slot) slots.delete(session);
    slot.cancelIdle?.();
    try {
      await (await slot.lease)?.[Symbol.asyncDispose]();
    } catch (error) {
      log.warn("a sandbox could not be given back", { session, error: String(error) });
    }
  };

  return {
    hold(session, agent) {
      const slot: Slot = slots.get(session) ?? { lease: undefined, users: 0, cancelIdle: undefined };
      slots.set(session, slot);
      slot.cancelIdle?.();
      slot.users++;
      return {
        async get(admit, signal) {
          if (settings === undefined) throw noSandbox();
          const spec: SandboxSpec = { ...settings.spec(agent), key: session };
          slot.lease ??= admit(spec, () => settings.provider.acquire(spec, { signal })).catch((error: unknown) => {
            slot.lease = undefined;
            throw error;
          });
          return (await slot.lease).sandbox;
        },
        async release(failure) {
          slot.users--;
          if (ClawError.is<SandboxErrorCode>(failure, "SANDBOX_LOST")) return discard(session, slot);
          if (slot.users > 0) return;
          if (slot.lease === undefined) slots.delete(session);
          else slot.cancelIdle = clock.after(settings?.idleMs ?? DEFAULT_IDLE_MS, () => void discard(session, slot));
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...slots].map(([session, slot]) => discard(session, slot)));
    },
  };
}

function noSandbox(): ClawError<SandboxErrorCode> {
  return new ClawError(
    "SANDBOX_UNAVAILABLE",
    "This gateway has no sandbox, so nothing can be run or read. Set sandbox.backend in the configuration.",
  );
}
