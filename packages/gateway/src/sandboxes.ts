import {
  ClawError,
  type Clock,
  digestOf,
  type Logger,
  type Principal,
  type Sandbox,
  type SandboxErrorCode,
  type SandboxLease,
  type SandboxNetwork,
  type SandboxProvider,
  type SandboxSpec,
  type SessionSettings,
} from "@claw/core";
import type { SandboxExplained } from "@claw/protocol";
import type { NetworkDesk, ServeNetwork } from "./network-desk.ts";
import { createReplacements } from "./replacements.ts";

/** For whom a tool runs. */
export interface SandboxSite {
  readonly session: string;
  readonly agent: string;
  readonly principal: Principal;
  /** As they are now. */
  readonly settings: SessionSettings;
  /** The tool says which command it runs. */
  readonly command: boolean;
}

/** Where a tool runs. */
export interface SandboxPlan {
  /** Whoever is given the same key shares one sandbox, which looks as the first of them was given it. */
  readonly spec: SandboxSpec;
  /** Default: the gateway's own. */
  readonly provider?: SandboxProvider;
  /**
   * Set when it is the bare machine: the policy is told, with what the session adds to the rules about its commands, and
   * only the command that the policy was asked about can be run.
   */
  readonly host?: HostCommand;
}

type Explanation = Pick<SandboxExplained, "place" | "rule" | "reason" | "values">;

/** What the policy is told of a command on the host. */
interface HostCommand {
  readonly security?: string;
  readonly ask?: string;
}

/** The plan of one call, made once. */
export interface Planned {
  readonly site: SandboxSite;
  readonly host: SandboxPlan["host"];
  /** Throws what the settings threw. */
  readonly plan: () => SandboxPlan;
}

export interface SandboxSettings {
  /** The one that people are told of. */
  readonly provider: SandboxProvider;
  /** Throws `SANDBOX_UNAVAILABLE` where tools that need a place have none. */
  readonly plan: (site: SandboxSite) => SandboxPlan;
  /** Why that is so. Default: nobody says. */
  readonly explain?: (site: SandboxSite) => Explanation;
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
  /** For people: what keeps getting lost. */
  readonly trouble: string | undefined;
  /** Had now, or being made. */
  readonly held: number;
  /** Throws nothing. */
  plan(site: SandboxSite): Planned;
  hold(planned: Planned): SandboxHold;
  list(): readonly HeldSandbox[];
  /** Gives back those that match: at once, or after their last user where `force` is not set. */
  end(matches: (sandbox: HeldSandbox) => boolean, options?: { readonly force?: boolean }): Ended;
}

/** A sandbox that somebody has. */
export interface HeldSandbox {
  readonly key: string;
  readonly provider: string;
  /** Absent while it is made. */
  readonly id?: string;
  /** Who used it last. */
  readonly site: SandboxSite;
  readonly users: number;
  readonly since: Date;
}

/** Keys of sandboxes. */
interface Ended {
  readonly ended: readonly string[];
  readonly waiting: readonly string[];
}

interface Slot {
  lease: Promise<SandboxLease> | undefined;
  /** Of the lease. */
  made:
    | { readonly provider: string; readonly look: string; readonly since: Date; id?: string; retired?: true }
    | undefined;
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
  const replacements = createReplacements(clock, log);

  const slotOf = (key: string): Slot => {
    const known = slots.get(key);
    if (known !== undefined) return known;
    const slot: Slot = {
      lease: undefined,
      made: undefined,
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

  const lose = (key: string, slot: Slot, reason: string): void => {
    slot.cancelIdle();
    replacements.lost(key, reason);
    void giveBack(key, slot);
  };

  /** One that dies while nobody uses it is not found out by its next user. */
  const watch = (key: string, slot: Slot, lease: Promise<SandboxLease>): void => {
    const lost = lease.then(({ lost }) => lost);
    lost.then(
      (reason) => reason !== undefined && slot.lease === lease && lose(key, slot, reason.message),
      // Whoever asked for it is told why there is none.
      () => {},
    );
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
    get trouble() {
      return replacements.trouble;
    },
    get held() {
      let held = 0;
      for (const { lease } of slots.values()) if (lease !== undefined) held++;
      return held;
    },
    plan(site) {
      if (settings === undefined) return { site, host: undefined, plan: noPlan };
      try {
        const plan = settings.plan(site);
        return { site, host: plan.host, plan: () => plan };
      } catch (error) {
        const plan = (): never => {
          throw error;
        };
        return { site, host: undefined, plan };
      }
    },
    hold({ site, plan: planOf }) {
      let using: ReturnType<typeof use> | undefined;
      return {
        async get({ admit, network, signal }) {
          const plan = planOf();
          if (settings === undefined) throw noSandbox();
          const provider = plan.provider ?? settings.provider;
          using ??= use(plan.spec.key);
          const { slot } = using;
          slot.last = { site, desk: network };
          const open = provider.carriesNetwork ? networkOf(settings, site.agent, slot) : undefined;
          const spec: SandboxSpec = { ...plan.spec, key: using.key, ...(open && { network: open }) };
          const look = lookOf(plan, provider);
          // Nobody else is in it: what the configuration took away is gone with the old one.
          if (slot.lease !== undefined && slot.made?.look !== look && slot.users === 1) void giveBack(using.key, slot);
          if (slot.lease === undefined) {
            slot.lease = slot.returned
              .then(() => replacements.ready(spec.key))
              .then(() => admit(spec, () => provider.acquire(spec, { signal })));
            watch(spec.key, slot, slot.lease);
            slot.made = { provider: provider.name, look, since: clock.now() };
          }
          const { lease, made } = slot;
          using.used = lease;
          try {
            const { id, sandbox } = await lease;
            if (made !== undefined) made.id = id;
            return sandbox;
          } catch (error) {
            if (slot.lease === lease) slot.lease = undefined;
            throw error;
          }
        },
        release({ lost } = { lost: false }) {
          if (using === undefined) return;
          const { key, slot, used } = using;
          slot.users--;
          if (lost && used !== undefined && slot.lease === used) lose(key, slot, "it was lost under a command");
          if (slot.users > 0) return;
          if (slot.lease === undefined) void slot.returned.then(() => forgetUnused(key, slot));
          else if (slot.made?.retired) void giveBack(key, slot);
          else slot.cancelIdle = clock.after(settings?.idleMs ?? DEFAULT_IDLE_MS, () => void giveBack(key, slot));
        },
      };
    },
    list: () => [...slots].flatMap(([key, slot]) => heldIn(key, slot) ?? []),
    end(matches, { force = false } = {}) {
      const ended: string[] = [];
      const waiting: string[] = [];
      for (const [key, slot] of slots) {
        const held = heldIn(key, slot);
        if (held === undefined || slot.made === undefined || !matches(held)) continue;
        if (slot.users > 0 && !force) {
          slot.made.retired = true;
          waiting.push(key);
          continue;
        }
        slot.cancelIdle();
        void giveBack(key, slot);
        ended.push(key);
      }
      return { ended, waiting };
    },
    async [Symbol.asyncDispose]() {
      for (const slot of slots.values()) slot.cancelIdle();
      await Promise.all([...slots].map(([key, slot]) => giveBack(key, slot)));
    },
  };
}

/** Another one is another sandbox, although its key is the same. */
function lookOf({ spec: { key: _, network: __, ...spec } }: SandboxPlan, { name }: SandboxProvider): string {
  return digestOf({ ...spec, name });
}

function heldIn(key: string, { lease, made, last, users }: Slot): HeldSandbox | undefined {
  if (lease === undefined || made === undefined || last === undefined) return undefined;
  const { provider, since, id } = made;
  return { key, provider, site: last.site, users, since, ...(id === undefined ? {} : { id }) };
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

function noPlan(): never {
  throw noSandbox();
}

function noSandbox(): ClawError<SandboxErrorCode> {
  return new ClawError(
    "SANDBOX_UNAVAILABLE",
    "This gateway has no sandbox, so nothing can be run or read. Set sandbox.backend in the configuration.",
  );
}
