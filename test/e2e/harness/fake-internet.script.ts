/**
 * Loaded into a gateway before anything else: names that only its test knows. What the gateway checks about names and
 * addresses it checks as ever; only the last step, from a checked address to a socket, leads to a port of this machine.
 */
import dns from "node:dns/promises";
import { type LookupFunction, Socket } from "node:net";

const sites: Readonly<Record<string, number>> = JSON.parse(process.env["FAKE_INTERNET"] ?? "{}");
const names = [...new Set(Object.keys(sites).map((site) => site.slice(0, site.indexOf(":"))))];

dns.Resolver.prototype.resolve4 = (async (name: string) =>
  names.includes(name) ? [`93.184.216.${names.indexOf(name) + 1}`] : []) as typeof dns.Resolver.prototype.resolve4;
dns.Resolver.prototype.resolve6 = (async () => []) as typeof dns.Resolver.prototype.resolve6;

interface Target {
  readonly host?: string;
  readonly port?: number;
  readonly lookup?: LookupFunction;
}

const connect = Socket.prototype.connect;
Socket.prototype.connect = function (this: Socket, ...given: readonly unknown[]) {
  // `net.connect` hands over what it has made of its arguments.
  const [first] = given;
  const { host, port, lookup } = ((Array.isArray(first) ? first[0] : first) ?? {}) as Target;
  if (host !== "checked.invalid") return Reflect.apply(connect, this, given);
  lookup?.("", { all: true }, (_error, addresses) => {
    const [{ address = "" } = {}] = Array.isArray(addresses) ? addresses : [];
    const name = names[Number(address.split(".")[3]) - 1];
    Reflect.apply(connect, this, [{ host: "127.0.0.1", port: sites[`${name}:${port}`] ?? 9 }]);
  });
  return this;
} as typeof connect;
