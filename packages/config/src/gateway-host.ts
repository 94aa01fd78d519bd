import { BlockList, isIPv6 } from "node:net";
import { type NetworkInterfaceInfo, networkInterfaces } from "node:os";
import type { Config } from "./validate.ts";

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

export interface GatewayHost {
  /** What the gateway listens on; `undefined` when this machine has no Tailscale address. */
  readonly listen: string | undefined;
  /** What programs on this machine connect to, as it stands in a URL. */
  readonly local: string;
}

/** The addresses that `gateway.bind` means on this machine, now. */
export function gatewayHost(
  { bind, customBindHost }: Pick<Config["gateway"], "bind" | "customBindHost">,
  interfaces: Interfaces = networkInterfaces(),
): GatewayHost {
  if (bind === "tailnet") return sameHost(tailnetAddress(interfaces));
  if (bind === "custom" && customBindHost !== undefined && !EVERYWHERE.has(customBindHost))
    return sameHost(customBindHost);
  if (bind === "custom") return { listen: customBindHost, local: LOOPBACK };
  return { listen: bind === "lan" ? "0.0.0.0" : LOOPBACK, local: LOOPBACK };
}

const LOOPBACK = "127.0.0.1";
const EVERYWHERE: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

function sameHost(host: string | undefined): GatewayHost {
  return { listen: host, local: host === undefined ? LOOPBACK : isIPv6(host) ? `[${host}]` : host };
}

/** Tailscale gives each machine one address of either range. */
function tailnetAddress(interfaces: Interfaces): string | undefined {
  const ranges = new BlockList();
  ranges.addSubnet("100.64.0.0", 10, "ipv4");
  ranges.addSubnet("fd7a:115c:a1e0::", 48, "ipv6");
  const found = Object.values(interfaces)
    .flatMap((infos) => infos ?? [])
    .filter(({ address, family }) => ranges.check(address, family === "IPv6" ? "ipv6" : "ipv4"));
  return (found.find(({ family }) => family === "IPv4") ?? found[0])?.address;
}
