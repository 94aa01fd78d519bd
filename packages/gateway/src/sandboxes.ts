import {
  ClawError,
  type Clock,
  type Logger,
  type Principal,
  type Sandbox,
  type SandboxErrorCode,
  type SandboxLease,
  type SandboxNetwork,
  type SandboxProvider,
  type SandboxSpec,
} from "@claw/core";
import type { NetworkDesk, ServeNetwork } from "./network-desk.ts";

/** For whom a tool runs. */
export interface SandboxSite {
  readonly session: string;
  readonly agent: string;
  readonly principal: Principal;
}

/** Where a tool runs. */
export interface SandboxPlan {
  /** Whoever is given the same key shares one sandbox, which looks as the first of them was given it. */
  readonly spec: SandboxSpec;
  /** Default: the gateway's own. */
  readonly provider?: SandboxProvider;
}

export interface SandboxSettings {
  /** The one that people are told of. */
  readonly provider: SandboxProvider;
  /** Throws `SANDBOX_UNAVAILABLE` where tools that need a place have none. */
  readonly plan: (site: SandboxSite) => SandboxPlan;
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

/** The sandbox of a tool that runs. */
interface SandboxHold {
  /** Acquires it when nobody has it yet. */
  get(caller: SandboxCaller): Promise<Sandbox>;
  /** To be called once. One that is `lost` is not used again. */
  release(options?: { readonly lost: boolean }): void;
}

export interface Sandboxes extends AsyncDisposable {
  /** Had now, or being made. */
  readonly held: number;
  hold(site: SandboxSite): SandboxHold;
}

interface Slot {
  lease: Promise<SandboxLease> | undefined;
  /** Who used it last: what goes on after a call goes on in its name. */
  last: { readonly site: SandboxSite; readonly desk: NetworkDesk } | undefined;
  /** Fires when the lease is given back. */
  ended: AbortController;
  /** When the earlier sandbox of the key is gone: two of one key would share a workspace. */
  returned: Promise<void>;
  users: number;
  cancelIdle: () => void;
}

const DEFAULT_IDLE_MS = 10 * 60_000;

/** One sandbox per key of a plan, given back when it has been idle for a while or turns out to be lost. */
export function createSandboxes(settings: SandboxSettings | undefined, clock: Clock, log: Logger): Sandboxes {
  const slots = new Map<string, Slot>();

  const slotOf = (key: string): Slot => {
    const known = slots.get(key);
    if (known !== undefined) return known;
    const slot: Slot = {
      lease: undefined,
      last: undefined,
      ended: new AbortController(),
      returned: Promise.resolve(),
      users: 0,
      cancelIdle() {},
    };
    slots.set(key, slot);
    return slot;
  };

  const giveBack = (key: string, slot: Slot): Promise<void> => {
    slot.ended.abort();
    slot.ended = new AbortController();
    slot.returned = destroy(key, slot.lease).finally(() => forgetUnused(key, slot));
    slot.lease = undefined;
    return slot.returned;
  };

  const destroy = async (key: string, lease: Slot["lease"]): Promise<void> => {
    // One that was never had is not given back either.
    const held = await lease?.catch(() => undefined);
    try {
      await held?.[Symbol.asyncDispose]();
    } catch (error) {
      log.warn("a sandbox could not be given back", { key, error: String(error) });
    }
  };

  const forgetUnused = (key: string, slot: Slot): void => {
    if (slot.users === 0 && slot.lease === undefined) slots.delete(key);
  };

  const use = (key: string): { readonly key: string; readonly slot: Slot; used: Slot["lease"] } => {
    const slot = slotOf(key);
    slot.cancelIdle();
    slot.users++;
    return { key, slot, used: undefined };
  };

  return {
    get held() {
      let held = 0;
      for (const { lease } of slots.values()) if (lease !== undefined) held++;
      return held;
    },
    hold(site) {
      let using: ReturnType<typeof use> | undefined;
      return {
        async get({ admit, network, signal }) {
          if (settings === undefined) throw noSandbox();
          const plan = settings.plan(site);
          const provider = plan.provider ?? settings.provider;
          // A call has one sandbox, even if the settings change under it.
          using ??= use(plan.spec.key);
          const { slot } = using;
          slot.last = { site, desk: network };
          const open = provider.carriesNetwork ? networkOf(settings, site.agent, slot) : undefined;
          const spec: SandboxSpec = { ...plan.spec, key: using.key, ...(open && { network: open }) };
          slot.lease ??= slot.returned.then(() => admit(spec, () => provider.acquire(spec, { signal })));
          const lease = slot.lease;
          using.used = lease;
          try {
            return (await lease).sandbox;
          } catch (error) {
            if (slot.lease === lease) slot.lease = undefined;
            throw error;
          }
        },
        release({ lost } = { lost: false }) {
          if (using === undefined) return;
          const { key, slot, used } = using;
          slot.users--;
          if (lost && used !== undefined && slot.lease === used) void giveBack(key, slot);
          if (slot.users > 0) return;
          if (slot.lease === undefined) void slot.returned.then(() => forgetUnused(key, slot));
          else slot.cancelIdle = clock.after(settings?.idleMs ?? DEFAULT_IDLE_MS, () => void giveBack(key, slot));
        },
      };
    },
    async [Symbol.asyncDispose]() {
      for (const slot of slots.values()) slot.cancelIdle();
      await Promise.all([...slots].map(([key, slot]) => giveBack(key, slot)));
    },
  };
}

/** What a new sandbox reaches; `undefined` leaves it as its spec says. */
function networkOf({ network }: SandboxSettings, agent: string, slot: Slot): SandboxNetwork | undefined {
  const serve = network?.(agent);
  if (serve === undefined) return undefined;
  const { signal } = slot.ended;
  const last = (): NonNullable<Slot["last"]> => {
    if (slot.last === undefined) throw new TypeError("a sandbox is used before it connects to anything");
    return slot.last;
  };
  return {
    connect(connection) {
      const { session, agent } = last().site;
      serve(connection, { session, agent, signal, desk: () => last().desk });
    },
  };
}

function noSandbox(): ClawError<SandboxErrorCode> {
  return new ClawError(
    "SANDBOX_UNAVAILABLE",
    "This gateway has no sandbox, so nothing can be run or read. Set sandbox.backend in the configuration.",
  );
}
