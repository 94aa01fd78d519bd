import type { NetworkInterfaceInfo } from "node:os";
import { expect, test } from "vitest";
import { gatewayHost } from "./gateway-host.ts";

const address = (text: string): NetworkInterfaceInfo =>
  ({ address: text, family: text.includes(":") ? "IPv6" : "IPv4" }) as NetworkInterfaceInfo;
const LAN = { lo: [address("127.0.0.1"), address("::1")], eth0: [address("192.168.1.5"), address("100.128.0.1")] };

test.each([
  ["100.101.102.103", "100.101.102.103"],
  ["fd7a:115c:a1e0::53", "[fd7a:115c:a1e0::53]"],
])("tailnet is the interface address %s", (listen, local) => {
  expect(gatewayHost({ bind: "tailnet" }, { ...LAN, tailscale0: [address(listen)] })).toEqual({ listen, local });
});

test("of two Tailscale addresses it is the IPv4 one, and without any there is none", () => {
  const both = { tailscale0: [address("fd7a:115c:a1e0::53"), address("100.64.0.1")] };
  expect(gatewayHost({ bind: "tailnet" }, both).listen).toBe("100.64.0.1");
  expect(gatewayHost({ bind: "tailnet" }, LAN).listen).toBeUndefined();
});

test.each([
  [{ bind: "loopback" }, "127.0.0.1", "127.0.0.1"],
  [{ bind: "lan" }, "0.0.0.0", "127.0.0.1"],
  [{ bind: "custom", customBindHost: "::" }, "::", "127.0.0.1"],
  [{ bind: "custom", customBindHost: "::1" }, "::1", "[::1]"],
  [{ bind: "custom", customBindHost: "192.168.1.5" }, "192.168.1.5", "192.168.1.5"],
] as const)("%j listens on %s and is reached here at %s", (gateway, listen, local) => {
  expect(gatewayHost(gateway, LAN)).toEqual({ listen, local });
});
