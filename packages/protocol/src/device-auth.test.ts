import { expect, test } from "vitest";
import { deviceAuthPayload, pinnedName } from "./device-auth.ts";

const fields = {
  deviceId: "d",
  clientId: "cli",
  clientMode: "cli",
  role: "operator",
  scopes: ["operator.read", "operator.write"],
  signedAt: 1,
  token: "t",
  nonce: "n",
  platform: " Linux ",
  deviceFamily: undefined,
};

test("version 3 binds platform and family, version 2 does not", () => {
  expect(deviceAuthPayload("v3", fields)).toBe("v3|d|cli|cli|operator|operator.read,operator.write|1|t|n|linux|");
  expect(deviceAuthPayload("v2", fields)).toBe("v2|d|cli|cli|operator|operator.read,operator.write|1|t|n");
});

test("what is not sent is signed as empty", () => {
  expect(deviceAuthPayload("v3", { ...fields, token: undefined, scopes: [] })).toBe(
    "v3|d|cli|cli|operator||1||n|linux|",
  );
});

test("only ASCII letters change their case", () => {
  expect(pinnedName("MacOS É")).toBe("macos É");
});
