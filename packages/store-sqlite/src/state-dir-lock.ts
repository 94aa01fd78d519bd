import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ClawError } from "@claw/core";
import Sqlite from "better-sqlite3";
import { storeError } from "./errors.ts";
import { ensurePrivateFile } from "./private-files.ts";

/** Keeps the connections reachable: a collected one would give its lock back. */
const held = new Set<Sqlite.Database>();

/**
 * Keeps every other process off a state directory until disposed or until this process ends, however it ends. Throws
 * `STORE_LOCKED` naming the process that has it.
 */
export function lockStateDir(stateDir: string): Disposable {
  const path = join(stateDir, "state", "lock.db");
  const pidPath = join(stateDir, "state", "lock.pid");
  let client: Sqlite.Database | undefined;
  try {
    ensurePrivateFile(path);
    client = new Sqlite(path, { timeout: 0 });
    client.exec("BEGIN EXCLUSIVE");
    writeFileSync(pidPath, `${process.pid}\n`, { mode: 0o600 });
  } catch (error) {
    client?.close();
    const busy = error instanceof Sqlite.SqliteError && error.code.startsWith("SQLITE_BUSY");
    throw busy ? lockedError(stateDir, pidPath, error) : storeError(error, path);
  }
  const connection = client;
  held.add(connection);
  return {
    [Symbol.dispose]() {
      if (!held.delete(connection)) return;
      rmSync(pidPath, { force: true });
      connection.close();
    },
  };
}

function lockedError(stateDir: string, pidPath: string, cause: Error): ClawError {
  const holder = holderOf(pidPath);
  return new ClawError(
    "STORE_LOCKED",
    `${stateDir} is in use by ${holder}. Stop that one first, or choose another directory with CLAW_STATE_DIR.`,
    { cause },
  );
}

function holderOf(pidPath: string): string {
  try {
    return `process ${Number.parseInt(readFileSync(pidPath, "utf8"), 10)}`;
  } catch {
    return "another process";
  }
}
