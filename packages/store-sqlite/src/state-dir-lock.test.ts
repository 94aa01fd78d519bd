import { existsSync, statSync, writeFileSync } from "node:fs";
import { ClawError } from "@claw/core";
import { expect, test } from "vitest";
import { lockStateDir } from "./state-dir-lock.ts";
import { child } from "./testing/child.ts";
import { stateDirectory } from "./testing/state-directory.ts";

function refusal(stateDir: string): ClawError {
  try {
    lockStateDir(stateDir)[Symbol.dispose]();
  } catch (error) {
    if (ClawError.is(error, "STORE_LOCKED")) return error;
    throw error;
  }
  throw new Error("the directory was not locked");
}

test("a directory another process holds is refused, naming that process and what to do", async () => {
  using directory = stateDirectory();
  const holder = child(new URL("./testing/lock.script.ts", import.meta.url), directory.path);
  await holder.lines.next();
  const { message } = refusal(directory.path);
  expect(message).toContain(`process ${holder.process.pid}`);
  expect(message).toContain("Stop that one first");
  holder.process.kill("SIGKILL");
  await holder.ended;
});

test("a holder killed with SIGKILL leaves the directory free", async () => {
  using directory = stateDirectory();
  const holder = child(new URL("./testing/lock.script.ts", import.meta.url), directory.path);
  await holder.lines.next();
  holder.process.kill("SIGKILL");
  await holder.ended;
  using lock = lockStateDir(directory.path);
  expect(lock).toBeDefined();
});

test("a pid left behind, which another process has by now, keeps nobody out", () => {
  using directory = stateDirectory();
  lockStateDir(directory.path)[Symbol.dispose]();
  writeFileSync(`${directory.path}/state/lock.pid`, `${process.ppid}\n`);
  using _lock = lockStateDir(directory.path);
  expect(refusal(directory.path).message).toContain(`process ${process.pid}`);
});

test("a second lock in the same process is refused, and the first outlives the attempt", async () => {
  using directory = stateDirectory();
  using _lock = lockStateDir(directory.path);
  refusal(directory.path);
  expect(refusal(directory.path).message).toContain(`process ${process.pid}`);
  const rival = child(new URL("./testing/migrate.script.ts", import.meta.url), directory.path, "rival");
  expect(await rival.ended).toBe(0);
  refusal(directory.path);
});

test("disposing gives the directory back, and a second time does nothing", () => {
  using directory = stateDirectory();
  const first = lockStateDir(directory.path);
  first[Symbol.dispose]();
  using second = lockStateDir(directory.path);
  first[Symbol.dispose]();
  expect(second).toBeDefined();
  expect(refusal(directory.path).message).toContain(`process ${process.pid}`);
});

test("the lock's files are readable by their owner alone", () => {
  using directory = stateDirectory();
  using _lock = lockStateDir(directory.path);
  for (const name of ["lock.db", "lock.pid"]) {
    expect(existsSync(`${directory.path}/state/${name}`)).toBe(true);
    expect(statSync(`${directory.path}/state/${name}`).mode & 0o777).toBe(0o600);
  }
});
