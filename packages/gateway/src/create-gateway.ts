import { createChannelHost } from "./channel-host.ts";
import { createEntrance } from "./composition/entrance.ts";
import { createGround } from "./composition/ground.ts";
import { createMethodDeps } from "./composition/method-deps.ts";
import { createTooling } from "./composition/tools.ts";
import { createTurnParts, type Turns } from "./composition/turns.ts";
import { createBroadcast } from "./connection/broadcast.ts";
import { revokePeers, signOutAuthenticated, signOutProxied } from "./connection/revoke.ts";
import { createSessionMessages } from "./connection/session-messages.ts";
import { signOutChanged } from "./connection/sign-out.ts";
import { createLifecycle } from "./lifecycle.ts";
import type { Gateway, GatewayOptions } from "./options.ts";
import { createOutbox } from "./outbox.ts";

/** Composes a gateway from what it is given. Nothing runs before `start`. */
export function createGateway(options: GatewayOptions): Gateway {
  const ground = createGround(options);
  const { settings, store, channels, hub, peers, audiences, clock, log } = ground;
  const { people, router } = settings;
  const outbox = createOutbox({ channels, journal: store.journal, clock, log });
  const tooling = createTooling(ground, outbox, (submission) => turns.intake.accept(submission));
  const turns: Turns = createTurnParts(ground, tooling);
  const { intake, runs, lanes, watchdog } = turns;
  const channelHost = createChannelHost({ channels, router, people, intake, runs, clock, log });
  const wantSafeMode = options.safeMode;
  const lifecycle = createLifecycle({ ...ground, ...tooling, ...turns, outbox, channelHost, wantSafeMode });
  const deps = createMethodDeps(ground, { ...tooling, ...turns, outbox, lifecycle });
  const { live, sessionEvents } = deps;
  const entrance = createEntrance(ground, deps, () => lifecycle.ready);

  // A message that comes is no sign of life of the turn that is asked something.
  hub.subscribe((event) => event.type !== "message-accepted" && lanes.alive(event.session));
  hub.subscribe(createBroadcast({ peers, live, audiences, clock, sessionChanged: sessionEvents.ofRun }));
  hub.subscribe(createSessionMessages(store, peers));
  hub.subscribe((event) => event.type === "run-ended" && outbox.wake());
  // Whoever is told of the end was told before.
  hub.subscribe((event) => event.type === "run-ended" && audiences.release(event.session));

  return {
    start: lifecycle.start,
    stop: lifecycle.stop,
    get safeMode() {
      return lifecycle.safeMode;
    },
    reconfigure(parts) {
      settings.replace(parts);
      if (parts.trustedProxies !== undefined) signOutProxied(peers);
      if (parts.authenticate !== undefined) signOutAuthenticated(peers);
      if (parts.people !== undefined) signOutChanged(peers, people);
    },
    ...entrance,
    revoke: (matches) => revokePeers(peers, ({ principal }) => matches(principal), "the credential was taken away"),
    subscribe: hub.subscribe,
    gauges: () => ({ connections: peers.size, ...watchdog.turns() }),
    [Symbol.asyncDispose]: () => lifecycle.stop(),
  };
}
