import { expect, test } from "vitest";
import { networkLines } from "./network-lines.ts";

test("a network is told rule by rule, and without a credential", () => {
  const lines = networkLines({
    allow: ["api.example.org", { host: "nas.lan", ports: [445], methods: ["GET"], private: true }],
    deny: ["bad.example.org"],
    ask: true,
    bindings: { hub: { host: "hub.test", secret: "planted", methods: ["GET"], paths: ["/a/*"] } },
  });
  expect(lines).toEqual([
    "only these, through the gateway's proxy:",
    "  api.example.org",
    "  nas.lan (ports 445, GET, private)",
    "  never bad.example.org",
    "  http://hub.broker/ is hub.test, with a credential that stays outside: GET /a/*",
    "a person is asked about others",
  ]);
});

test("without a network there is none", () => {
  expect(networkLines("none")).toEqual(["none"]);
  const nothing = networkLines({ allow: [], deny: [], ask: false, bindings: {} });
  expect(nothing).toEqual(["no host is allowed", "others are refused"]);
});
