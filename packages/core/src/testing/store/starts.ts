import { deepEqual, ok } from "node:assert/strict";
import type { StoreCase } from "./case.ts";

export const startCases: readonly StoreCase[] = [
  {
    name: "starts that were not told to stop are remembered, newest first, until one is",
    async run({ store, reopen }) {
      const modes = async (opened = store) => (await opened.starts.begin()).map(({ safeMode }) => safeMode);
      deepEqual(await modes(), []);
      const second = await reopen();
      deepEqual(await modes(second), [false]);
      await second.starts.note("safe-mode");
      const third = await reopen();
      deepEqual(await modes(third), [true, false]);
      await third.starts.note("stopping");
      deepEqual(await modes(await reopen()), []);
    },
  },
  {
    name: "a start that left safe mode is one like others, and dated",
    async run({ store, reopen }) {
      const before = Date.now();
      await store.starts.begin();
      await store.starts.note("safe-mode");
      await store.starts.note("normal");
      const [start] = await (await reopen()).starts.begin();
      deepEqual(start?.safeMode, false);
      ok(start.at.getTime() >= before && start.at.getTime() <= Date.now());
    },
  },
  {
    name: "no more than the newest 20 starts are told of",
    async run({ store }) {
      for (let start = 0; start < 25; start++) await store.starts.begin();
      deepEqual((await store.starts.begin()).length, 20);
    },
  },
];
