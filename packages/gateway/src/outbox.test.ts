import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Channel, type Clock, type NewDelivery, silentLogger, systemClock } from "@claw/core";
import { fakeChannel } from "@claw/core/testing";
import { sqliteStore } from "@claw/store-sqlite";
import { expect, test } from "vitest";
import { inProcessBus } from "./bus.ts";
import { createOutbox } from "./outbox.ts";

const HANGING = 1_200;
const RUN = {
  run: "one",
  session: "agent:main:main",
  agent: "main",
  principal: { id: "ada", kind: "user", tenant: "local", scopes: ["write"], credential: "test" },
  provenance: { origins: ["owner"], trust: "trusted", because: [] },
} as const;

test("a channel whose sends all hang takes nothing from another, however much waits for it", async () => {
  const stateDir = await mkdtemp(join(tmpdir(), "claw-outbox-"));
  const store = sqliteStore({ stateDir });
  await store.migrate();
  const { journal } = store;
  const message = (channel: string, peer: string): NewDelivery => ({
    key: `${channel}-${peer}`,
    to: { channel, account: "bot", peer, kind: "direct" },
    message: { text: peer },
  });
  const stuck = Array.from({ length: HANGING }, (_, number) => message("stuck", `p${number}`));
  await journal.accept({ ...RUN, id: "one", message: { role: "user", text: "tell everybody" } });
  await using lease = await inProcessBus().lease(RUN.session, { ttlMs: 60_000 });
  if (lease === undefined) throw new Error("nobody else has the lease");
  const outbound = [...stuck, message("quick", "ada"), message("quick", "bob")];
  await journal.finish(lease, RUN.run, { reason: "done", entries: [], outbound, timeline: [] });

  let hanging = 0;
  const door = Promise.withResolvers<void>();
  const both = Promise.withResolvers<void>();
  const sent: string[] = [];
  const channel = (name: string, send: Channel["send"]): Channel => ({ ...fakeChannel().channel, name, send });
  const channels = [
    channel("stuck", async () => {
      hanging++;
      await door.promise;
      return { ids: ["1"] };
    }),
    channel("quick", async (_to, { text }) => {
      if (sent.push(text) === 2) both.resolve();
      return { ids: ["1"] };
    }),
  ];
  // No timer comes: nothing that hangs is given up, and nothing is looked for again by and by.
  const clock: Clock = { ...systemClock, after: () => () => {} };
  const outbox = createOutbox({ channels, journal, clock, log: silentLogger });
  outbox.start();
  await both.promise;
  expect(sent).toEqual(["ada", "bob"]);
  expect(hanging).toBeLessThan(HANGING);
  door.resolve();
  await outbox.stop();
  await store[Symbol.asyncDispose]();
  await rm(stateDir, { recursive: true, force: true });
});
