import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { ClawError } from "@claw/core";
import { expect, test } from "vitest";
import { openDatabase } from "./database.ts";
import { stateMigrations } from "./migrations.ts";
import { sqliteStore } from "./sqlite-store.ts";
import { action, ada, inbound, session } from "./testing/fixtures.ts";
import { stateDirectory } from "./testing/state-directory.ts";

/** A file system of 2 MiB, or `undefined` where this process may not mount one. */
function smallDisk(): (Disposable & { readonly path: string }) | undefined {
  const { path, [Symbol.dispose]: remove } = stateDirectory();
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m,mode=0700", "tmpfs", path], { stdio: "pipe" });
  } catch {
    remove();
    return undefined;
  }
  return {
    path,
    [Symbol.dispose]() {
      execFileSync("umount", [path]);
      remove();
    },
  };
}

test("a full disk refuses writes with STORE_UNWRITABLE, loses nothing, and writes again once there is space", async (context) => {
  using disk = smallDisk();
  if (disk === undefined) return context.skip("needs the right to mount a tmpfs");
  const ballast = `${disk.path}/ballast`;
  writeFileSync(ballast, Buffer.alloc(1_000_000));
  await using store = sqliteStore({ stateDir: disk.path });
  await store.migrate();
  const { intent } = store.audit;
  const view = store.as(ada);

  const accepted: string[] = [];
  let failure: unknown;
  for (let n = 0; failure === undefined && n < 1_000; n++) {
    const written = store.journal.accept(inbound(`${n}`, "x".repeat(20_000)));
    await written.then(
      ({ run }) => accepted.push(run),
      (error: unknown) => {
        failure = error;
      },
    );
  }
  expect(ClawError.is(failure, "STORE_UNWRITABLE")).toBe(true);
  expect(String(failure)).toContain("Check free space");
  const together = await Promise.allSettled(
    ["a", "b"].map((id) => store.journal.accept(inbound(id, "x".repeat(99_000)))),
  );
  expect(together.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  const runs = async () => (await view.transcript.read(session, { limit: 1_000 })).map(({ run }) => run);
  expect(await runs()).toEqual(accepted);

  rmSync(ballast);
  await store.journal.accept(inbound("after"));
  await intent(action, { effect: "allow", rule: "test" });
  expect(await runs()).toEqual([...accepted, "run-after"]);
});

test("a write too large for the disk takes none of its group with it", async () => {
  using directory = stateDirectory();
  const database = openDatabase(`${directory.path}/state/claw.db`, stateMigrations);
  const { client } = database;
  const insert = client.prepare("INSERT INTO audit (at, action, decision) VALUES (0, ?, '')");
  client.pragma(`max_page_count = ${Number(client.pragma("page_count", { simple: true })) + 4}`);
  const [small, large, another] = await Promise.allSettled(
    [10, 100_000, 10].map((size) => database.write(() => insert.run("x".repeat(size)))),
  );
  expect([small?.status, another?.status]).toEqual(["fulfilled", "fulfilled"]);
  expect(large?.status === "rejected" && ClawError.is(large.reason, "STORE_UNWRITABLE")).toBe(true);
  expect(client.prepare("SELECT count(*) FROM audit").pluck().get()).toBe(2);
  client.pragma("max_page_count = 1000");
  await database.write(() => insert.run("x".repeat(100_000)));
  database.close();
});
