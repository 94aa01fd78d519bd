import { expect, test } from "vitest";
import { gatewayUrl, takeToken } from "./token.ts";

function place(hash: string, kept: string | null = null) {
  const shown: string[] = [];
  let stored = kept;
  const setItem = (_: string, value: string): void => {
    stored = value;
  };
  return {
    shown,
    stored: () => stored,
    location: { hash, pathname: "/", search: "" },
    history: { replaceState: (_: unknown, __: string, url?: string | URL | null) => void shown.push(String(url)) },
    storage: { getItem: () => stored, setItem },
  };
}

test("a token in the fragment is kept and leaves the address bar, the rest of the fragment stays", () => {
  const alone = place("#token=secret");
  expect(takeToken(alone)).toBe("secret");
  expect(alone.stored()).toBe("secret");
  expect(alone.shown).toEqual(["/"]);
  const beside = place("#session=agent%3Amain%3Amain&token=secret");
  expect(takeToken(beside)).toBe("secret");
  expect(beside.shown).toEqual(["/#session=agent%3Amain%3Amain"]);
});

test("without one in the fragment the kept token holds", () => {
  expect(takeToken(place("", "kept"))).toBe("kept");
  expect(takeToken(place("#token=", "kept"))).toBe("kept");
  expect(takeToken(place(""))).toBeUndefined();
});

test("the gateway is where the page came from", () => {
  expect(gatewayUrl({ protocol: "http:", host: "127.0.0.1:18789", pathname: "/" })).toBe("ws://127.0.0.1:18789/");
  expect(gatewayUrl({ protocol: "https:", host: "claw.example", pathname: "/ui/index.html" })).toBe(
    "wss://claw.example/ui/",
  );
});
