import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { createWaitingRoom, type Leave } from "./waiting-room.ts";

const here = new AbortController().signal;
const line = { ofOneAddress: 2, inAll: 3 };

/** Whether it has been let in by now. */
async function isIn(entering: Promise<Leave | undefined>): Promise<boolean> {
  await setImmediate();
  return (await Promise.race([entering, "waits"])) !== "waits";
}

test("who finds no place stands in line, and is let in when one gets free", async () => {
  const room = createWaitingRoom({ places: { ofOneAddress: 1, inAll: 9 }, line });
  const leave = await room.enter("192.0.2.1", here);
  const second = room.enter("192.0.2.1", here);
  const third = room.enter("192.0.2.1", here);
  expect(await isIn(second)).toBe(false);
  leave?.();
  leave?.();
  expect(await second).toBeTypeOf("function");
  expect(await isIn(third)).toBe(false);
});

test("a crowd from one address holds up nobody else", async () => {
  const room = createWaitingRoom({ places: { ofOneAddress: 1, inAll: 2 }, line });
  const leave = await room.enter("192.0.2.1", here);
  const crowd = room.enter("192.0.2.1", here);
  await room.enter("192.0.2.2", here);
  const other = room.enter("192.0.2.3", here);
  expect(await isIn(other)).toBe(false);
  leave?.();
  expect(await isIn(crowd)).toBe(true);
  (await crowd)?.();
  expect(await isIn(other)).toBe(true);
});

test("a line has an end, for one address and for all", async () => {
  const room = createWaitingRoom({ places: { ofOneAddress: 1, inAll: 1 }, line });
  await room.enter("192.0.2.1", here);
  void room.enter("192.0.2.1", here);
  void room.enter("192.0.2.1", here);
  expect(await room.enter("192.0.2.1", here)).toBeUndefined();
  void room.enter("192.0.2.2", here);
  expect(await room.enter("192.0.2.3", here)).toBeUndefined();
});

test("who is gone leaves the line, and takes no place", async () => {
  const room = createWaitingRoom({ places: { ofOneAddress: 1, inAll: 1 }, line });
  const leave = await room.enter("192.0.2.1", here);
  const gone = new AbortController();
  const given = room.enter("192.0.2.1", gone.signal);
  const patient = room.enter("192.0.2.1", here);
  gone.abort();
  expect(await given).toBeUndefined();
  leave?.();
  expect(await patient).toBeTypeOf("function");
});

test("a network of one IPv6 customer is one address, and so are all that the transport does not know", async () => {
  const room = createWaitingRoom({ places: { ofOneAddress: 1, inAll: 9 }, line });
  await room.enter("2001:db8::1", here);
  expect(await isIn(room.enter("2001:db8::2", here))).toBe(false);
  await room.enter(undefined, here);
  expect(await isIn(room.enter(undefined, here))).toBe(false);
});
