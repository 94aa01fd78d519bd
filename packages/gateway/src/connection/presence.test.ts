import { expect, test } from "vitest";
import { connectClient } from "../connect.fixture.ts";
import { startGateway } from "../gateway.fixture.ts";
import { manualClock } from "../manual-clock.fixture.ts";

test("of a crowd the newest hundred are listed, in the order they came", async () => {
  const clock = manualClock();
  await using started = await startGateway({ clock });
  const cameAt: number[] = [];
  for (let number = 0; number < 103; number++) {
    clock.advance(1);
    cameAt.push(clock.now().getTime());
    await connectClient(started.gateway);
  }
  const last = await connectClient(started.gateway);
  cameAt.push(clock.now().getTime());
  const { payload } = await last.request("system-presence", {});
  const listed = (payload as unknown as readonly { readonly onlineSince: number }[]).map((one) => one.onlineSince);
  expect(listed).toEqual(cameAt.slice(-100));
});
