import { statSync } from "node:fs";
import { ClawError, type StoreErrorCode } from "@claw/core";
import Sqlite from "better-sqlite3";
import { storeError } from "./errors.ts";
import { type GroupCommit, groupCommit } from "./group-commit.ts";
import { checkedVersion, type Migrations, migrate } from "./migrations.ts";
import { ensurePrivateFile } from "./private-files.ts";
import type { Troubles } from "./troubles.ts";

export type Client = Sqlite.Database;

/** One file, at its newest schema version. */
export interface Database extends GroupCommit {
  readonly client: Client;
  /** Runs a query and answers its failure with a store error. */
  read<Result>(query: () => Result): Result;
  /** Commits what is waiting and closes the file. */
  close(): void;
}

const BUSY_TIMEOUT_MS = 5_000;
/** The library asks for 16 MB a file, which an agent with a history fills; what is read over and over fits in far less. */
const CACHE_KIB = 2_048;

/** Creates or opens the file, readable by its owner alone, and migrates it. */
export function openDatabase(path: string, migrations: Migrations, troubles?: Troubles): Database {
  let client: Client | undefined;
  try {
    ensurePrivateFile(path);
    client = new Sqlite(path, { timeout: BUSY_TIMEOUT_MS });
    checkedVersion(client, migrations);
    enterWal(client);
    client.pragma("synchronous = FULL");
    client.pragma("foreign_keys = ON");
    client.pragma(`cache_size = -${CACHE_KIB}`);
    migrate(client, migrations);
    return guarded(client, troubles);
  } catch (error) {
    client?.close();
    const failure = storeError(error, path);
    troubles?.failed(path, failure);
    throw failure;
  }
}

function guarded(client: Client, troubles: Troubles | undefined): Database {
  const { name: path } = client;
  const { write, flush } = groupCommit(client);
  const checkInPlace = inPlace(path);
  return {
    client,
    read(query) {
      try {
        return query();
      } catch (error) {
        const failure = storeError(error, path);
        troubles?.failed(path, failure);
        throw failure;
      }
    },
    write(work) {
      const written = write(() => {
        checkInPlace();
        return work();
      });
      written.then(
        () => troubles?.worked(path),
        (error: unknown) => troubles?.failed(path, error),
      );
      return written;
    },
    flush,
    close() {
      flush();
      client.close();
    },
  };
}

/** SQLite would go on writing to a file that was removed or replaced, and what it writes would be gone at the end. */
function inPlace(path: string): () => void {
  const opened = statSync(path);
  return () => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.ino === opened.ino && found.dev === opened.dev) return;
    throw new ClawError<StoreErrorCode>(
      "STORE_UNWRITABLE",
      `${path} was removed or replaced while it was open; nothing was changed. Put it back where it was, or restart the gateway.`,
    );
  };
}

/** SQLite does not wait for a lock when it changes the journal mode, so of two processes opening a new file one retries. */
function enterWal(client: Client): void {
  const giveUpAt = performance.now() + BUSY_TIMEOUT_MS;
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    try {
      client.pragma("journal_mode = WAL");
      return;
    } catch (error) {
      const busy = error instanceof Sqlite.SqliteError && error.code.startsWith("SQLITE_BUSY");
      if (!busy || performance.now() > giveUpAt) throw error;
      Atomics.wait(sleeper, 0, 0, 5);
    }
  }
}
