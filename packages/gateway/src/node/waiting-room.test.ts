import { expect, test } from "vitest";
import { createWaitingRoom } from "./waiting-room.ts";

test("one address fills its own places, and all together fill the room", () => {
  const room = createWaitingRoom({ ofOneAddress: 2, inAll: 3 });
  const leave = room.enter("192.0.2.1");
  expect(room.enter("192.0.2.1")).toBeDefined();
  expect(room.enter("192.0.2.1")).toBeUndefined();
  expect(room.enter("192.0.2.2")).toBeDefined();
  expect(room.enter("192.0.2.3")).toBeUndefined();
  leave?.();
  leave?.();
  expect(room.enter("192.0.2.3")).toBeDefined();
  expect(room.enter("192.0.2.4")).toBeUndefined();
});

test("a network of one IPv6 customer is one address, and so are all that the transport does not know", () => {
  const room = createWaitingRoom({ ofOneAddress: 1, inAll: 9 });
  expect(room.enter("2001:db8::1")).toBeDefined();
  expect(room.enter("2001:db8::2")).toBeUndefined();
  expect(room.enter(undefined)).toBeDefined();
  expect(room.enter(undefined)).toBeUndefined();
});
