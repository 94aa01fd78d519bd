import type { Duplex } from "node:stream";
import type { Clock } from "@claw/core";
import type { Account } from "./accounts.ts";
import type { EgressIdentity } from "./egress.ts";
import type { EgressLimits } from "./limits.ts";
import { rawRefusal } from "./refusal.ts";
import type { Destination } from "./target.ts";

/** A client's connection to the proxy. */
export interface Link {
  readonly connection: Duplex;
  readonly identity: EgressIdentity;
  readonly account: Account;
  /** Fires when the connection is gone. */
  readonly signal: AbortSignal;
  /** Where everything has to go, inside of a tunnel that carries plain HTTP. */
  tunnel: Destination | undefined;
  /** Requests that are not answered yet. */
  waiting: number;
}

export interface Links {
  /** False when it is not served: it has been refused, or was over before. */
  open(connection: Duplex, identity: EgressIdentity, signal: AbortSignal | undefined): boolean;
  of(connection: Duplex): Link;
  /** Serves a connection's requests one after the other. False when too many of them wait. */
  queue(link: Link, serve: () => Promise<void>): boolean;
  closeAll(): Promise<void>;
}

export interface LinksOptions {
  readonly accountOf: (id: string) => Account;
  readonly limits: Required<EgressLimits>;
  readonly clock: Clock;
}

/** No client sends so many requests ahead; one that does holds memory for each. */
const MAX_WAITING = 16;

interface Served extends Link {
  last: Promise<void>;
  cancelDeadline: () => void;
}

/** The open connections, each with whose it is. */
export function createLinks({ accountOf, limits, clock }: LinksOptions): Links {
  const links = new Map<Duplex, Served>();

  const awaitRequest = (link: Served): void => {
    link.cancelDeadline = clock.after(limits.requestTimeoutMs, () => link.connection.destroy());
  };

  const linkOf = (connection: Duplex): Served => {
    const link = links.get(connection);
    if (link === undefined) throw new Error("a request came over a connection that was not accepted");
    return link;
  };

  return {
    open(connection, identity, signal) {
      connection.on("error", () => {});
      const account = accountOf(identity.id);
      const place = account.enter();
      if (place === undefined) {
        const reason = `${limits.connections} connections are open already`;
        connection.end(rawRefusal({ status: 429, rule: "limits.connections", reason }, "The connection"), () =>
          connection.destroy(),
        );
        return false;
      }
      const gone = new AbortController();
      const end = (): void => void connection.destroy();
      const link: Served = {
        connection,
        identity,
        account,
        signal: gone.signal,
        tunnel: undefined,
        waiting: 0,
        last: Promise.resolve(),
        cancelDeadline() {},
      };
      links.set(connection, link);
      awaitRequest(link);
      connection.once("close", () => {
        links.delete(connection);
        link.cancelDeadline();
        signal?.removeEventListener("abort", end);
        place[Symbol.dispose]();
        gone.abort();
      });
      signal?.addEventListener("abort", end, { once: true });
      if (signal?.aborted || connection.destroyed) end();
      return !connection.destroyed;
    },

    of: linkOf,

    queue(given, serve) {
      const link = linkOf(given.connection);
      if (link.waiting >= MAX_WAITING) return false;
      link.cancelDeadline();
      link.waiting++;
      link.last = link.last
        .then(serve)
        .catch(() => void link.connection.destroy())
        .finally(() => {
          link.waiting--;
          if (link.waiting === 0 && !link.connection.destroyed) awaitRequest(link);
        });
      return true;
    },

    async closeAll() {
      const open = [...links.values()];
      for (const { connection } of open) connection.destroy();
      await Promise.allSettled(open.map(({ last }) => last));
    },
  };
}
