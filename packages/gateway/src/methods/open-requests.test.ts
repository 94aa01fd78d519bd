import { MAX_OPEN_REQUEST_BYTES, MAX_OPEN_REQUESTS } from "@claw/protocol";
import { expect, test } from "vitest";
import type { Peer } from "../connection/peers.ts";
import { createOpenRequests } from "./open-requests.ts";

// Only its identity counts here.
const client = (): Peer => ({}) as Peer;

test("a client has so many requests open, each of them until it ends, and takes no place of another's", () => {
  const requests = createOpenRequests();
  const busy = client();
  const ends = Array.from({ length: MAX_OPEN_REQUESTS }, () => requests.begin(busy, 1));
  expect(ends).not.toContain(undefined);
  expect(requests.begin(busy, 1)).toBeUndefined();
  expect(requests.begin(client(), 1)).toBeDefined();
  ends[0]?.();
  expect(requests.begin(busy, 1)).toBeDefined();
  expect(requests.begin(busy, 1)).toBeUndefined();
});

test("a few large requests fill a client's places as well", () => {
  const requests = createOpenRequests();
  const busy = client();
  const end = requests.begin(busy, MAX_OPEN_REQUEST_BYTES - 10);
  expect(requests.begin(busy, 11)).toBeUndefined();
  expect(requests.begin(busy, 10)).toBeDefined();
  end?.();
  expect(requests.begin(busy, 11)).toBeDefined();
});
