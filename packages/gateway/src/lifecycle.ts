import { type Bus, ClawError, type Clock, type Logger, type Store } from "@claw/core";
import { CLOSE_CODES } from "@claw/protocol";
import type { Intake } from "./accept.ts";
import type { Approvals } from "./approvals.ts";
import type { ChannelHost } from "./channel-host.ts";
import type { Peer } from "./connection/peers.ts";
import type { GatewayErrorCode } from "./errors.ts";
import type { Inquiries } from "./inquiries.ts";
import type { Lanes } from "./lanes.ts";
import type { Gateway } from "./options.ts";
import type { Outbox } from "./outbox.ts";
import type { Runs } from "./runs.ts";
import { beginStart, type SafeMode } from "./safe-mode.ts";
import type { Sandboxes } from "./sandboxes.ts";
import { cutOff } from "./turn-end.ts";
import type { Watchdog } from "./watchdog.ts";

export interface Lifecycle extends Pick<Gateway, "start" | "stop" | "safeMode"> {
  /** Started, and not stopping. */
  readonly ready: boolean;
  /** Starts what safe mode kept off. Resolves with how many turns go on; `undefined` when it was not in safe mode. */
  leaveSafeMode(): Promise<number | undefined>;
}

export interface LifecycleOptions {
  readonly store: Store;
  readonly approvals: Approvals;
  readonly inquiries: Inquiries;
  readonly intake: Intake;
  readonly lanes: Lanes;
  readonly runs: Runs;
  readonly outbox: Outbox;
  readonly channelHost: ChannelHost;
  readonly sandboxes: Sandboxes;
  readonly watchdog: Pick<Watchdog, "start" | "stop">;
  readonly bus: Bus;
  readonly peers: ReadonlySet<Peer>;
  readonly wantSafeMode: boolean | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

const DEFAULT_GRACE_MS = 10_000;
/** What a stop gives, after the grace and in all, to what depends on others: agents, platforms, an engine. */
const PARTS_STOP_MS = 15_000;
/** What each of them has at least, however long the ones before it took. */
const PART_STOP_MS = 1_000;

export function createLifecycle(options: LifecycleOptions): Lifecycle {
  const {
    store,
    approvals,
    inquiries,
    intake,
    lanes,
    runs,
    outbox,
    channelHost,
    sandboxes,
    watchdog,
    bus,
    peers,
    clock,
    log,
  } = options;
  let state: "new" | "started" | "stopping" = "new";
  let stopping: Promise<void> | undefined;
  let safeMode: SafeMode | undefined;

  async function stop(graceMs: number): Promise<void> {
    state = "stopping";
    intake.close();
    // Before anything that may hang: whatever ends it from here on is no crash.
    await store.starts
      .note("stopping")
      .catch((error: unknown) => log.warn("the stop is not noted", { error: String(error) }));
    for (const peer of peers) peer.sendEvent("shutdown", JSON.stringify({ reason: "the gateway is stopping" }));
    // What waits for its lane is not begun any more: the intake is closed.
    lanes.hurry();
    const drained = await endsWithin(lanes.idle(), graceMs);
    const endPart = partsEnding(log);
    if (!drained) {
      log.warn("turns are cut off by the stop and go on at the next start", { turns: lanes.size });
      for (const run of runs.all()) run.controller.abort(cutOff());
      await endPart("turns", lanes.idle());
    }
    // Channels come last: what the turns still answer goes out through them.
    await endPart("outbox", outbox.stop());
    await endPart("channels", channelHost.stop());
    for (const peer of peers) peer.connection.close(CLOSE_CODES.restart, "the gateway is stopping");
    watchdog.stop();
    await endPart("sandboxes", sandboxes[Symbol.asyncDispose]());
    approvals.stop();
    inquiries.stop();
    await endPart("bus", bus[Symbol.asyncDispose]());
    await store[Symbol.asyncDispose]();
  }

  async function goOn(afterCrash: boolean): Promise<number> {
    const recovered = await intake.recover({ afterCrash });
    if (recovered > 0) log.info("unfinished turns go on", { turns: recovered });
    state = "started";
    await channelHost.start();
    outbox.start();
    return recovered;
  }

  return {
    get ready() {
      return state === "started";
    },
    get safeMode() {
      return safeMode;
    },
    async leaveSafeMode() {
      if (safeMode === undefined || state !== "started") return undefined;
      const left = safeMode;
      // At once, so that of two who ask one does it.
      safeMode = undefined;
      try {
        await store.starts.note("normal");
      } catch (error) {
        safeMode = left;
        throw error;
      }
      return goOn(true);
    },
    async start() {
      if (state !== "new")
        throw new ClawError<GatewayErrorCode>("GATEWAY_STATE", "A gateway starts once; create another.");
      await store.migrate();
      watchdog.start();
      await approvals.start();
      await inquiries.start();
      const { starts, journal } = store;
      const begun = await beginStart({ starts, journal, clock, log, wanted: options.wantSafeMode });
      safeMode = begun.safeMode;
      if (safeMode === undefined) await goOn(begun.afterCrash);
      else state = "started";
    },
    stop({ graceMs = DEFAULT_GRACE_MS } = {}) {
      stopping ??= stop(graceMs);
      return stopping;
    },
  };
}

/** Waits for one part after the other, and leaves behind what is not done in time. */
function partsEnding(log: Logger): (part: string, end: PromiseLike<void>) => Promise<void> {
  const deadlineMs = performance.now() + PARTS_STOP_MS;
  return async (part, end) => {
    const leftMs = Math.max(deadlineMs - performance.now(), PART_STOP_MS);
    if (!(await endsWithin(end, leftMs))) log.warn("a part does not stop and is left behind", { part });
  };
}

/** Its timer is one that keeps the process alive: nothing else may, and a stop has to come to its end. */
async function endsWithin(work: PromiseLike<void>, timeoutMs: number): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(resolve, timeoutMs, false);
  return Promise.race([work.then(() => true), late]).finally(() => clearTimeout(timer));
}
