import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { supervisorClient } from "./client.ts";
import { type DecodedFrame, encodeFrame, frameDecoder, u16s } from "./codec.ts";
import { Frame } from "./protocol.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** An idle supervisor that answers as long as it is told to. */
async function connected() {
  const state = { answers: true, asked: 0 };
  const decode = frameDecoder(({ type }: DecodedFrame) => {
    if (type !== Frame.ping) return;
    state.asked++;
    if (state.answers) queueMicrotask(() => client.receive(encodeFrame(Frame.pong, 0)));
  });
  const client = supervisorClient({ write: decode });
  client.receive(encodeFrame(Frame.ready, 0, u16s(1)));
  return { client, state, supervisor: await client.ready };
}

test("an idle supervisor that answers stays, and one that falls silent is lost in bounded time", async () => {
  const { state, supervisor } = await connected();
  const lost = vi.fn();
  void supervisor.lost.then(lost);
  await vi.advanceTimersByTimeAsync(600_000);
  expect([state.asked, lost.mock.calls]).toEqual([30, []]);
  state.answers = false;
  await vi.advanceTimersByTimeAsync(36_000);
  expect(lost).toHaveBeenCalledWith(new Error("its supervisor gives no answer"));
});

test("nobody is asked any more once it is lost", async () => {
  const { client, state } = await connected();
  client.lose(new Error("over"));
  await vi.advanceTimersByTimeAsync(600_000);
  expect(state.asked).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});
