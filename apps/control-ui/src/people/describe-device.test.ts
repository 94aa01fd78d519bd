import { expect, test } from "vitest";
import { deviceFacts, deviceName, scopeNames } from "./describe-device.ts";

const device = {
  deviceId: "0123456789abcdef",
  publicKey: "key",
  clientId: "cli",
  owner: "ada",
  role: "operator",
  roles: ["operator"],
  scopes: [],
  approvedVia: "secret",
  createdAtMs: 0,
  approvedAtMs: 0,
  lastSeenAtMs: 0,
  connected: false,
  tokens: [],
} as const;

test("a device is called what its owner calls it, else what it calls itself", () => {
  expect(deviceName({ ...device, operatorLabel: "Kitchen", displayName: "Pixel" })).toBe("Kitchen");
  expect(deviceName({ ...device, displayName: "Pixel" })).toBe("Pixel");
  expect(deviceName(device)).toBe("cli");
});

test("facts that are not known are left out, and scopes lose their prefix", () => {
  expect(deviceFacts(device)).toBe("cli · 01234567");
  expect(deviceFacts({ ...device, platform: "linux" })).toBe("linux · cli · 01234567");
  expect(scopeNames(["operator.read", "operator.sessions.read"])).toBe("read, sessions.read");
  expect(scopeNames([])).toBe("nothing");
});
