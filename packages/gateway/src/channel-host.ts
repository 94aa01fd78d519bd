import {
  type Channel,
  ClawError,
  type Clock,
  type Inbound,
  type Logger,
  type Principal,
  type Router,
  type StoreErrorCode,
} from "@claw/core";
import type { Intake } from "./accept.ts";
import type { GatewayErrorCode } from "./errors.ts";

export interface ChannelHost {
  /** Starts every channel; one that can't start is reported and does not hold up the rest. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface ChannelHostOptions {
  readonly channels: readonly Channel[];
  readonly router: Router;
  readonly intake: Intake;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Carries what platforms deliver to the intake. */
export function createChannelHost({ channels, router, intake, clock, log }: ChannelHostOptions): ChannelHost {
  const receive = async (channel: Channel, message: Inbound): Promise<void> => {
    const receivedMs = clock.monotonicMs();
    if (message.from.channel !== channel.name) {
      throw new ClawError<GatewayErrorCode>(
        "GATEWAY_UNROUTED",
        `channel "${channel.name}" delivered a message of "${message.from.channel}"`,
      );
    }
    const route = await router(message);
    if (route === undefined) return log.debug("a message is for nobody", { channel: channel.name });
    const { account } = message.from;
    const id = `${channel.name}:${account}:${message.id}`;
    const accepting = intake.accept({
      id,
      run: id,
      ...route,
      principal: contact(channel.name, message.sender.id),
      provenance: { origins: [message.from.kind === "group" ? "group" : "contact"], trust: "untrusted", because: [id] },
      text: message.text,
      replyTo: message.from,
      receivedMs,
    });
    await accepting.catch((error: unknown) => {
      if (!isFinal(error)) throw error;
      log.info("a message is refused", { channel: channel.name, error: String(error) });
    });
  };

  return {
    async start() {
      const starting = channels.map(async (channel) => {
        try {
          await channel.start({ receive: (message) => receive(channel, message), log });
        } catch (error) {
          log.error("a channel could not start", { channel: channel.name, error: String(error) });
        }
      });
      await Promise.all(starting);
    },
    async stop() {
      const stopping = channels.map((channel) => channel.stop());
      for (const result of await Promise.allSettled(stopping)) {
        if (result.status === "rejected") log.warn("a channel did not stop cleanly", { error: String(result.reason) });
      }
    },
  };
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

/** A person known only by their platform; they may write, and see what is theirs. */
function contact(channel: string, sender: string): Principal {
  const id = `${channel}:${sender}`;
  return { id, kind: "contact", tenant: "local", scopes: ["write"], credential: `channel:${channel}` };
}
