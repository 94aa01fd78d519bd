import { BlockList, isIP } from "node:net";
import { networkInterfaces } from "node:os";

/**
 * `public`: anybody's on the internet. `private`: of a local network. `self`: this machine. `never`: where nothing is
 * that a sandbox should reach, like cloud metadata, and addresses that carry another one inside.
 */
export type AddressClass = "public" | "private" | "self" | "never";

// One list for each family: in a shared one, the range of IPv4-mapped addresses covers all of IPv4.
type Ranges = Readonly<Record<4 | 6, BlockList>>;

let known: ReturnType<typeof addressRanges> | undefined;

/** Made at the first use: most gateways never ask. */
function addressRanges() {
  return {
    self: ranges("127.0.0.0/8 ::1/128"),
    /** The IANA registries of special-purpose addresses, and the metadata services of clouds that stand outside of them. */
    never: ranges(
      "0.0.0.0/8 169.254.0.0/16 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24",
      "224.0.0.0/4 240.0.0.0/4 168.63.129.16/32 100.100.100.200/32",
      "2001::/23 2001:db8::/32 2002::/16 3fff::/20 fd00:ec2::254/128 fd20:ce::254/128",
    ),
    private: ranges("10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 fc00::/7"),
    /** The only IPv6 addresses that are handed out. */
    globalUnicast: ranges("2000::/3"),
  };
}

export function addressClass(address: string): AddressClass {
  if (isIP(address) === 0) return "never";
  known ??= addressRanges();
  if (within(known.self, address) || isOwn(address)) return "self";
  if (within(known.never, address)) return "never";
  if (within(known.private, address)) return "private";
  return isIP(address) === 4 || within(known.globalUnicast, address) ? "public" : "never";
}

/** A name may lead to an address of this machine that is public elsewhere. */
function isOwn(address: string): boolean {
  return Object.values(networkInterfaces()).some((infos) => infos?.some((info) => info.address === address));
}

function ranges(...lines: readonly string[]): Ranges {
  const lists = { 4: new BlockList(), 6: new BlockList() };
  for (const range of lines.flatMap((line) => line.split(" "))) {
    const [address = "", bits] = range.split("/");
    const family = isIP(address) === 6 ? 6 : 4;
    lists[family].addSubnet(address, Number(bits), `ipv${family}`);
  }
  return lists;
}

function within(lists: Ranges, address: string): boolean {
  const family = isIP(address) === 6 ? 6 : 4;
  return lists[family].check(address, `ipv${family}`);
}
