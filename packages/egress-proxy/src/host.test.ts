import { isIP } from "node:net";
import { domainToASCII } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalHost } from "./host.ts";

describe("a host", () => {
  test.each([
    ["API.GitHub.com", "api.github.com"],
    ["api.github.com.", "api.github.com"],
    ["bücher.example", "xn--bcher-kva.example"],
    ["XN--BCHER-KVA.example", "xn--bcher-kva.example"],
    ["exa\u{ad}mple.org", "example.org"],
    ["ｅｘａｍｐｌｅ。org", "example.org"],
    ["_dmarc.example.org", "_dmarc.example.org"],
  ])("%s is the name %s", (text, name) => {
    expect(canonicalHost(text)).toEqual({ kind: "name", text: name });
  });

  test.each([
    ["127.0.0.1", "127.0.0.1"],
    ["127.0.0.1.", "127.0.0.1"],
    ["127.1", "127.0.0.1"],
    ["2130706433", "127.0.0.1"],
    ["0x7f.1", "127.0.0.1"],
    ["0X7F000001", "127.0.0.1"],
    ["017700000001", "127.0.0.1"],
    ["１２７.0.0.1", "127.0.0.1"],
    ["[::1]", "::1"],
    ["[0:0:0:0:0:0:0:1]", "::1"],
    ["[::ffff:127.0.0.1]", "::ffff:7f00:1"],
  ])("%s is the address %s, whatever way it is written", (text, address) => {
    expect(canonicalHost(text)).toEqual({ kind: "ip", text: address });
  });

  test.each([
    "",
    ".",
    "a..b",
    ".example.org",
    "example.org..",
    "user@example.org",
    "example.org:443",
    "example.org/path",
    "example.org?x",
    "example.org#x",
    "example.org\\x",
    "exam%70le.org",
    "exam ple.org",
    "example.org\n",
    "exam\tple.org",
    "example.org\u{0}",
    "-example.org",
    "exa!mple.org",
    "256.256.256.256",
    "1.2.3.4.5",
    "example.0x",
    "::1",
    "[::1",
    "[fe80::1%25eth0]",
    "[127.0.0.1]",
    `${"a".repeat(64)}.org`,
    `${"a.".repeat(130)}org`,
  ])("%j is none", (text) => {
    expect(canonicalHost(text)).toBeUndefined();
  });

  test("has one canonical form, which is its own", () => {
    fc.assert(
      fc.property(fc.oneof(fc.domain(), fc.ipV4(), fc.ipV4Extended(), fc.string({ unit: "grapheme" })), (text) => {
        const host = canonicalHost(text);
        if (host === undefined) return;
        const again = host.text.includes(":") ? `[${host.text}]` : host.text;
        expect(canonicalHost(again)).toEqual(host);
        expect(host.kind === "ip").toBe(isIP(host.text) !== 0);
      }),
    );
  });

  test("is what IDNA makes of it, in any case and with a dot at its end", () => {
    fc.assert(
      fc.property(fc.domain(), fc.boolean(), fc.boolean(), (domain, upper, dot) => {
        const written = `${upper ? domain.toUpperCase() : domain}${dot ? "." : ""}`;
        expect(canonicalHost(written)?.text).toBe(domainToASCII(domain));
      }),
    );
  });

  test("of an address is the address in dots, however its number is written", () => {
    fc.assert(
      fc.property(fc.nat(0xffff_ffff), fc.constantFrom(10, 16, 8), (number, base) => {
        const prefix = { 10: "", 16: "0x", 8: "0" }[base];
        const dotted = [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join(".");
        expect(canonicalHost(`${prefix}${number.toString(base)}`)).toEqual({ kind: "ip", text: dotted });
      }),
    );
  });
});
