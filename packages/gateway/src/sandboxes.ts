import {
  ClawError,
  type Clock,
  type Logger,
  type Sandbox,
  type SandboxErrorCode,
  type SandboxLease,
  type SandboxNetwork,
  type SandboxProvider,
  type SandboxSpec,
} from "@claw/core";
import type { NetworkDesk, ServeNetwork } from "./network-desk.ts";

export interface SandboxSettings {
  readonly provider: SandboxProvider;
  /** What an agent's sandbox looks like; the gateway adds the key. */
  readonly spec: (agent: string) => Omit<SandboxSpec, "key">;
  /** Serves what programs in an agent's sandbox connect to; `undefined` for one without a network. */
  readonly network?: (agent: string) => ServeNetwork | undefined;
  /** An unused sandbox is given back after this long. Default 10 minutes. */
  readonly idleMs?: number;
}

/** Asks the gate, then acquires. */
export type Admit = (spec: SandboxSpec, acquire: () => Promise<SandboxLease>) => Promise<SandboxLease>;

/** The call in which a sandbox is used. */
interface SandboxCaller {
  readonly admit: Admit;
  /** For what the sandbox connects to from now on. */
  readonly network: NetworkDesk;
  readonly signal: AbortSignal;
}

/** A session's sandbox while a tool runs. */
interface SandboxHold {
  /** Acquires it when the session has none yet. */
  get(caller: SandboxCaller): Promise<Sandbox>;
  /** To be called once. One that is `lost` is not used again. */
  release(options?: { readonly lost: boolean }): void;
}

export interface Sandboxes extends AsyncDisposable {
  /** Had now, or being made. */
  readonly held: number;
  hold(session: string, agent: string): SandboxHold;
}

interface Slot {
  lease: Promise<SandboxLease> | undefined;
  /** Of the last call: what goes on after it goes on in its name. */
  network: NetworkDesk | undefined;
  /** Fires when the lease is given back. */
  ended: AbortController;
  /** When the session's earlier sandbox is gone: two of one key would share a workspace. */
  returned: Promise<void>;
  users: number;
  cancelIdle: () => void;
}

const DEFAULT_IDLE_MS = 10 * 60_000;

/** One sandbox per session, given back when it has been idle for a while or turns out to be lost. */
export function createSandboxes(settings: SandboxSettings | undefined, clock: Clock, log: Logger): Sandboxes {
  const slots = new Map<string, Slot>();

  const slotOf = (session: string): Slot => {
    const known = slots.get(session);
    if (known !== undefined) return known;
    const slot: Slot = {
      lease: undefined,
      network: undefined,
      ended: new AbortController(),
      returned: Promise.resolve(),
      users: 0,
      cancelIdle() {},
    };
    slots.set(session, slot);
    return slot;
  };

  const giveBack = (session: string, slot: Slot): Promise<void> => {
    slot.ended.abort();
    slot.ended = new AbortController();
    slot.returned = destroy(session, slot.lease).finally(() => forgetUnused(session, slot));
    slot.lease = undefined;
    return slot.returned;
  };

  const destroy = async (session: string, lease: Slot["lease"]): Promise<void> => {
    // One that was never had is not given back either.
    const held = await lease?.catch(() => undefined);
    try {
      await held?.[Symbol.asyncDispose]();
    } catch (error) {
      log.warn("a sandbox could not be given back", { session, error: String(error) });
    }
  };

  const forgetUnused = (session: string, slot: Slot): void => {
    if (slot.users === 0 && slot.lease === undefined) slots.delete(session);
  };

  return {
    get held() {
      let held = 0;
      for (const { lease } of slots.values()) if (lease !== undefined) held++;
      return held;
    },
    hold(session, agent) {
      const slot = slotOf(session);
      slot.cancelIdle();
      slot.users++;
      let used: Slot["lease"];
      return {
        async get({ admit, network, signal }) {
          if (settings === undefined) throw noSandbox();
          const { provider } = settings;
          slot.network = network;
          const open = networkOf(settings, { session, agent, slot });
          const spec: SandboxSpec = { ...settings.spec(agent), key: session, ...(open && { network: open }) };
          slot.lease ??= slot.returned.then(() => admit(spec, () => provider.acquire(spec, { signal })));
          used = slot.lease;
          try {
            return (await used).sandbox;
          } catch (error) {
            if (slot.lease === used) slot.lease = undefined;
            throw error;
          }
        },
        release({ lost } = { lost: false }) {
          slot.users--;
          if (lost && used !== undefined && slot.lease === used) void giveBack(session, slot);
          if (slot.users > 0) return;
          if (slot.lease === undefined) void slot.returned.then(() => forgetUnused(session, slot));
          else slot.cancelIdle = clock.after(settings?.idleMs ?? DEFAULT_IDLE_MS, () => void giveBack(session, slot));
        },
      };
    },
    async [Symbol.asyncDispose]() {
      for (const slot of slots.values()) slot.cancelIdle();
      await Promise.all([...slots].map(([session, slot]) => giveBack(session, slot)));
    },
  };
}

/** What a new sandbox of the session reaches; `undefined` leaves it as its spec says. */
function networkOf(
  { network, provider }: SandboxSettings,
  { session, agent, slot }: { readonly session: string; readonly agent: string; readonly slot: Slot },
): SandboxNetwork | undefined {
  const serve = provider.carriesNetwork ? network?.(agent) : undefined;
  if (serve === undefined) return undefined;
  const { signal } = slot.ended;
  const desk = (): NetworkDesk => {
    if (slot.network === undefined) throw new TypeError("a sandbox is used before it connects to anything");
    return slot.network;
  };
  return { connect: (connection) => serve(connection, { session, agent, signal, desk }) };
}

function noSandbox(): ClawError<SandboxErrorCode> {
  return new ClawError(
    "SANDBOX_UNAVAILABLE",
    "This gateway has no sandbox, so nothing can be run or read. Set sandbox.backend in the configuration.",
  );
}
