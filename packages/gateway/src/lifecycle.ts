import { type Bus, ClawError, type Logger, type Store } from "@claw/core";
import { CLOSE_CODES } from "@claw/protocol";
import type { Intake } from "./accept.ts";
import type { ChannelHost } from "./channel-host.ts";
import type { Peer } from "./connection/peers.ts";
import type { GatewayErrorCode } from "./errors.ts";
import type { Lanes } from "./lanes.ts";
import type { Gateway } from "./options.ts";
import type { Outbox } from "./outbox.ts";
import type { Runs } from "./runs.ts";
import type { Sandboxes } from "./sandboxes.ts";

export interface Lifecycle extends Pick<Gateway, "start" | "stop"> {
  /** Started, and not stopping. */
  readonly ready: boolean;
}

export interface LifecycleOptions {
  readonly store: Store;
  readonly intake: Intake;
  readonly lanes: Lanes;
  readonly runs: Runs;
  readonly outbox: Outbox;
  readonly channelHost: ChannelHost;
  readonly sandboxes: Sandboxes;
  readonly bus: Bus;
  readonly peers: ReadonlySet<Peer>;
  readonly log: Logger;
}

const DEFAULT_GRACE_MS = 10_000;

export function createLifecycle(options: LifecycleOptions): Lifecycle {
  const { store, intake, lanes, runs, outbox, channelHost, sandboxes, bus, peers, log } = options;
  let state: "new" | "started" | "stopping" = "new";
  let stopping: Promise<void> | undefined;

  async function stop(graceMs: number): Promise<void> {
    state = "stopping";
    intake.close();
    for (const peer of peers) peer.sendEvent("shutdown", JSON.stringify({ reason: "the gateway is stopping" }));
    await channelHost.stop();
    await drain(graceMs);
    await outbox.stop();
    for (const peer of peers) peer.connection.close(CLOSE_CODES.restart, "the gateway is stopping");
    await sandboxes[Symbol.asyncDispose]();
    await bus[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
  }

  async function drain(graceMs: number): Promise<void> {
    // What waits is in the journal; the next start takes it up.
    lanes.clear();
    const { promise: late, resolve } = Promise.withResolvers<"late">();
    const timer = setTimeout(resolve, graceMs, "late");
    if ((await Promise.race([lanes.idle(), late])) === "late") {
      log.warn("turns are cut off by the stop and go on at the next start", { turns: lanes.size });
      for (const run of runs.all()) run.controller.abort(stoppingError());
      await lanes.idle();
    }
    clearTimeout(timer);
  }

  return {
    get ready() {
      return state === "started";
    },
    async start() {
      if (state !== "new")
        throw new ClawError<GatewayErrorCode>("GATEWAY_STATE", "A gateway starts once; create another.");
      await store.migrate();
      const recovered = await intake.recover();
      if (recovered > 0) log.info("unfinished turns go on", { turns: recovered });
      state = "started";
      await channelHost.start();
      outbox.wake();
    },
    stop({ graceMs = DEFAULT_GRACE_MS } = {}) {
      stopping ??= stop(graceMs);
      return stopping;
    },
  };
}

function stoppingError(): ClawError<GatewayErrorCode> {
  return new ClawError("GATEWAY_STOPPING", "The gateway is stopping; the turn goes on at the next start.");
}
