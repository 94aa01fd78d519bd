import { deepEqual, equal } from "node:assert/strict";
import type { StoreCase } from "./case.ts";
import {
  ada,
  answer,
  delivery,
  done,
  inbound,
  lease,
  person,
  rejectsWith,
  session,
  texts,
  unfinished,
} from "./fixtures.ts";

/** What is done and answered as it is accepted, and what is stopped for good. */
export const commandCases: readonly StoreCase[] = [
  {
    name: "a message that is answered as it is accepted is over at once, and a repeat of it changes nothing",
    async run({ store, reopen }) {
      await store.journal.accept(inbound("a"));
      const command = inbound("stop", {
        message: { role: "user", text: "/stop", command: "stop" },
        answered: {
          answer: answer("Stopped."),
          outbound: [delivery("stop")],
          stops: ["run-a", "run-none"],
          settings: { thinkingLevel: "high" },
        },
      });
      deepEqual(await store.journal.accept(command), { run: "run-stop", repeat: false, sequence: 2 });
      const again = await reopen();
      const mine = again.as(ada);
      equal((await mine.runs.get("run-stop"))?.state, "done");
      deepEqual(await texts(again), ["text of a", "/stop", "Stopped."]);
      deepEqual((await mine.sessions.get(session))?.settings, { thinkingLevel: "high" });
      deepEqual(
        (await unfinished(again)).map(({ run, stopped }) => [run, stopped]),
        [["run-a", true]],
      );
      equal((await again.journal.deliveries(new Date(8.64e15), 10)).length, 1);
      await mine.sessions.configure(session, { thinkingLevel: undefined });
      equal((await again.journal.accept(command)).repeat, true);
      deepEqual((await mine.sessions.get(session))?.settings, {});
      equal((await texts(again)).length, 3);
    },
  },
  {
    name: "a command gives a session no title, and whoever may not write to it can't give one",
    async run({ store }) {
      const answered = { answer: answer("Hm."), outbound: [] };
      const message = { role: "user", text: "/help", command: "help" } as const;
      await store.journal.accept(inbound("help", { message, answered }));
      equal((await store.as(ada).sessions.get(session))?.title, "");
      const eve = { principal: person("eve"), message, answered };
      await rejectsWith("STORE_FORBIDDEN", store.journal.accept(inbound("eve", eve)));
      equal((await texts(store)).length, 2);
    },
  },
  {
    name: "a run that was stopped stays so over a restart until it ends, and only whoever may write can stop it",
    async run({ store, reopen }) {
      await store.journal.accept(inbound("a"));
      await store.as(person("eve")).runs.stop(session, ["run-a"]);
      await store.as(person("ada", ["read"])).runs.stop(session, ["run-a"]);
      equal((await unfinished(store))[0]?.stopped, undefined);
      await store.as(ada).runs.stop("agent:main:none", ["run-a"]);
      await store.as(ada).runs.stop(session, ["run-none", "run-a"]);
      const again = await reopen();
      equal((await unfinished(again))[0]?.stopped, true);
      await again.journal.finish(lease(), "run-a", { ...done, reason: "aborted" });
      await again.as(ada).runs.stop(session, ["run-a"]);
      deepEqual(await unfinished(again), []);
    },
  },
];
