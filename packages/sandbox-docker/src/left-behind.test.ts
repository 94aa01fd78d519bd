import { silentLogger } from "@claw/core";
import { expect, test } from "vitest";
import { leftBehind } from "./left-behind.ts";

/** A container at an engine that can be away, and may yet create what was given up. */
function setUp() {
  const state = { away: false, there: true, asked: 0 };
  const container = {
    id: "one",
    async remove() {
      state.asked++;
      if (state.away) throw new Error("connect ECONNREFUSED");
      if (!state.there) throw Object.assign(new Error("no such container"), { statusCode: 404 });
      state.there = false;
    },
  };
  return { state, container, left: leftBehind(silentLogger) };
}

test("what an engine that is away can't remove is removed when it is back, and then forgotten", async () => {
  const { state, container, left } = setUp();
  state.away = true;
  await left.remove(container);
  await left.removeAll();
  expect(state.there).toBe(true);
  state.away = false;
  await left.removeAll();
  await left.removeAll();
  expect(state).toMatchObject({ there: false, asked: 3 });
});

test("one whose creation was given up is looked for again, because it may have come later", async () => {
  const { state, container, left } = setUp();
  state.there = false;
  await left.abandon(container);
  state.there = true;
  await left.removeAll();
  expect(state.there).toBe(false);
});

test("what is removed at once is not asked for again", async () => {
  const { state, container, left } = setUp();
  await left.remove(container);
  await left.removeAll();
  expect(state.asked).toBe(1);
});
