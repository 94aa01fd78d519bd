import { lookup, Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import { addressClass } from "./addresses.ts";
import type { Host } from "./host.ts";

/** Finds the addresses of a name. `local`: also as only this machine knows it, by its hosts file for example. */
export type Resolve = (name: string, options: { readonly local: boolean }) => Promise<readonly string[]>;

/** Addresses that may be connected to, or why there are none. */
export type Resolved =
  | { readonly addresses: readonly string[] }
  | { readonly refused: string }
  | { readonly failed: string };

const MAX_ADDRESSES = 16;

/** Looks a host up once; what is connected to is one of these addresses and no other. */
export async function resolveTarget(host: Host, allowPrivate: boolean, resolve: Resolve): Promise<Resolved> {
  const found = host.kind === "ip" ? [host.text] : await resolve(host.text, { local: allowPrivate }).catch(() => []);
  if (found.length === 0) return { failed: "its name has no address" };
  const addresses = found.filter((address) => mayReach(address, host, allowPrivate)).slice(0, MAX_ADDRESSES);
  if (addresses.length > 0) return { addresses };
  return { refused: `it leads to ${found[0]}, which is not on the public internet` };
}

/** A name of somebody else's must not lead to this machine, whatever a rule says of the name. */
function mayReach(address: string, host: Host, allowPrivate: boolean): boolean {
  const reach = addressClass(address);
  if (reach === "public") return true;
  return allowPrivate && (reach === "private" || (reach === "self" && host.kind === "ip"));
}

/**
 * Asks the name servers of this machine. Not `getaddrinfo`, except for names of a local network: it works in the few
 * threads that files and cryptography share, and a sandbox could keep all of them waiting.
 */
export const systemResolve: Resolve = async (name, { local }) => {
  if (local) return (await lookup(name, { all: true })).map(({ address }) => address);
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  return answers
    .flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []))
    .filter((address) => isIP(address) !== 0);
};
