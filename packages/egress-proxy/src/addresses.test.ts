import { networkInterfaces } from "node:os";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addressClass } from "./addresses.ts";

describe("an address", () => {
  test.each(["93.184.216.34", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:2800:220:1::1", "2a00:1450:4001::1"])(
    "%s is public",
    (address) => expect(addressClass(address)).toBe("public"),
  );

  test.each(["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "fc00::1", "fd7a:115c:a1e0::1"])(
    "%s is of a private network",
    (address) => expect(addressClass(address)).toBe("private"),
  );

  test.each(["127.0.0.1", "127.255.255.254", "::1"])("%s is this machine", (address) =>
    expect(addressClass(address)).toBe("self"),
  );

  test.each([
    ["0.0.0.0", "unspecified"],
    ["0.1.2.3", "this network"],
    ["::", "unspecified"],
    ["169.254.169.254", "cloud metadata"],
    ["169.254.170.2", "container credentials"],
    ["168.63.129.16", "Azure's host"],
    ["100.100.100.200", "Alibaba's metadata, in a private range"],
    ["fd00:ec2::254", "Amazon's metadata, in a private range"],
    ["fe80::1", "link-local"],
    ["fec0::1", "site-local"],
    ["224.0.0.1", "multicast"],
    ["ff02::1", "multicast"],
    ["255.255.255.255", "broadcast"],
    ["240.0.0.1", "reserved"],
    ["192.0.2.1", "documentation"],
    ["198.18.0.1", "benchmarks"],
    ["::ffff:8.8.8.8", "IPv4-mapped"],
    ["::ffff:7f00:1", "IPv4-mapped"],
    ["::127.0.0.1", "IPv4-compatible"],
    ["::ffff:0:127.0.0.1", "IPv4-translated"],
    ["64:ff9b::7f00:1", "NAT64"],
    ["64:ff9b:1::1", "local NAT64"],
    ["2002:7f00:1::", "6to4"],
    ["2001:0:7f00:1::", "Teredo"],
    ["2001:db8::1", "documentation"],
    ["not an address", "none"],
  ])("%s is never reached: %s", (address) => expect(addressClass(address)).toBe("never"));

  test("of this machine is its own, also one that is public elsewhere", () => {
    const own = Object.values(networkInterfaces()).flatMap((infos) => infos?.map(({ address }) => address) ?? []);
    expect(own.length).toBeGreaterThan(0);
    for (const address of own) expect(addressClass(address)).toBe("self");
  });

  test("that carries an IPv4 address in IPv6 is never public", () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.constantFrom("::ffff:", "::", "64:ff9b::", "::ffff:0:"), (address, prefix) => {
        expect(addressClass(`${prefix}${address}`)).not.toBe("public");
      }),
    );
  });
});
