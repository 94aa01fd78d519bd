import {
  type Address,
  type Channel,
  ClawError,
  type Clock,
  type Inbound,
  type Logger,
  type Principal,
  type Route,
  type Router,
  type StoreErrorCode,
} from "@claw/core";
import type { Intake } from "./accept.ts";
import type { GatewayErrorCode } from "./errors.ts";
import { unlessGivenUp } from "./give-up.ts";
import type { People } from "./people/people.ts";
import { type Asked, type Asking, createRounds, type Exchange } from "./rounds.ts";
import type { Runs } from "./runs.ts";

export interface ChannelHost {
  /** Starts every channel; one that can't start, or takes its time, is reported and does not hold up the rest. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface ChannelHostOptions {
  readonly channels: readonly Channel[];
  readonly router: Router;
  readonly people: Pick<People, "fromChannel">;
  readonly intake: Intake;
  readonly runs: Pick<Runs, "get">;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How a message is handed to one agent. */
interface Delivered extends Partial<Asking> {
  readonly id: string;
  readonly receivedMs: number;
  /** It is what the sender wrote, and may be a text command. */
  readonly commands?: boolean;
}

/** What the others wait for a channel that is starting: most need less, and one that hangs must not keep them quiet. */
export const START_WAIT_MS = 2_000;

/** Carries what platforms deliver to the intake. */
export function createChannelHost(options: ChannelHostOptions): ChannelHost {
  const { channels, router, people, intake, runs, clock, log } = options;
  const rounds = createRounds(log);

  const receive = async (channel: Channel, message: Inbound): Promise<void> => {
    const receivedMs = clock.monotonicMs();
    if (message.from.channel !== channel.name) {
      throw new ClawError<GatewayErrorCode>(
        "GATEWAY_UNROUTED",
        `channel "${channel.name}" delivered a message of "${message.from.channel}"`,
      );
    }
    const routing = await router(message);
    if (routing === undefined) return log.debug("a message is for nobody", { channel: channel.name });
    const id = `${channel.name}:${message.from.account}:${message.id}`;
    if (!("routes" in routing)) {
      await accept(message, routing, { id, receivedMs, commands: true });
      return;
    }
    const ask: Exchange["ask"] = (route, asking) => accept(message, route, { ...asking, receivedMs });
    // One after the other, so that a redelivery after a failure finds the first ones accepted.
    const asked: Asked[] = [];
    let after: string | undefined;
    for (const route of routing.routes.slice(0, routing.maxTurns)) {
      const run = `${id}:${route.agent}`;
      const asking = { id: run, receivedMs, commands: true, ...(after === undefined ? {} : { after }) };
      asked.push(await accept(message, route, asking));
      if (routing.strategy === "sequential") after = run;
    }
    const { peer, thread = "" } = message.from;
    const place = [channel.name, message.from.account, peer, thread].join(":");
    if (asked.some(({ ended }) => ended !== undefined)) rounds.follow({ place, id, broadcast: routing, asked, ask });
  };

  const accept = async (message: Inbound, route: Route, asking: Delivered): Promise<Asked> => {
    const { id, text = message.text, commands = false, after, receivedMs } = asking;
    const { from, sender } = message;
    const { agent, session, person, own } = route;
    try {
      const { run, repeat } = await intake.accept({
        id,
        run: id,
        agent,
        session,
        principal:
          people.fromChannel(`${from.channel}:${sender.id}`) ??
          contact(from.channel, person === undefined ? `${from.channel}:${sender.id}` : `person:${person}`),
        provenance: { origins: [from.kind === "direct" ? "contact" : "group"], trust: "untrusted", because: [id] },
        text,
        commands,
        ...(commands ? {} : { queue: "followup" }),
        ...(from.kind === "direct" || own ? {} : { group: groupOf(from) }),
        replyTo: from,
        ...(after === undefined ? {} : { after }),
        receivedMs,
      });
      return { route, ...(repeat ? {} : { ended: runs.get(run)?.ended }) };
    } catch (error) {
      if (!isFinal(error)) throw error;
      log.info("a message is refused", { channel: from.channel, error: String(error) });
      return { route };
    }
  };

  return {
    async start() {
      const slow = new Set(channels);
      const starting = channels.map(async (channel) => {
        try {
          await channel.start({ receive: (message) => receive(channel, message), log });
        } catch (error) {
          log.error("a channel could not start", { channel: channel.name, error: String(error) });
        }
        slow.delete(channel);
      });
      const late = new AbortController();
      const cancel = clock.after(START_WAIT_MS, () => late.abort());
      await unlessGivenUp(Promise.all(starting), late.signal).finally(cancel);
      for (const { name } of slow) log.warn("a channel is slow to start; the others go on", { channel: name });
    },
    async stop() {
      const stopping = channels.map((channel) => channel.stop());
      for (const result of await Promise.allSettled(stopping)) {
        if (result.status === "rejected") log.warn("a channel did not stop cleanly", { error: String(result.reason) });
      }
    },
  };
}

/** A thread is its group's: who is in the one is in the other. */
function groupOf({ channel, account, peer }: Address): string {
  return `group:${channel}:${account}:${peer}`;
}

const FINAL: ReadonlySet<string> = new Set<GatewayErrorCode | StoreErrorCode>([
  "GATEWAY_REFUSED",
  "GATEWAY_UNROUTED",
  "STORE_FORBIDDEN",
  "STORE_INVALID",
]);

/** Whether delivering the message again could never help. */
function isFinal(error: unknown): boolean {
  return ClawError.is(error) && FINAL.has(error.code);
}

/** A person known by their platforms; they may write, and see what is theirs. */
function contact(channel: string, id: string): Principal {
  return { id, kind: "contact", tenant: "local", scopes: ["write"], credential: `channel:${channel}` };
}
