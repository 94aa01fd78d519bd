import type { Client } from "./database.ts";
import { storeError } from "./errors.ts";

interface Job {
  /** Does the work inside the transaction; what it returns tells the caller, once the commit is durable. */
  readonly run: () => () => void;
  readonly reject: (error: unknown) => void;
}

export interface GroupCommit {
  /** All of `work` is durable when it resolves, none of it when it rejects. */
  write<Result>(work: () => Result): Promise<Result>;
  /** Commits what is waiting, now. */
  flush(): void;
}

/**
 * Writes of one turn of the event loop share one transaction, each in a savepoint of its own: the wait for the disk,
 * which blocks the process and is most of what a write costs, is then paid once for all of them.
 */
export function groupCommit(client: Client): GroupCommit {
  const begin = client.prepare("BEGIN IMMEDIATE");
  const commit = client.prepare("COMMIT");
  const rollback = client.prepare("ROLLBACK");
  const save = client.prepare("SAVEPOINT job");
  const undo = client.prepare("ROLLBACK TO job");
  const release = client.prepare("RELEASE job");
  let waiting: Job[] = [];

  function attempt(job: Job): () => void {
    save.run();
    try {
      return job.run();
    } catch (error) {
      // A full or failing disk makes SQLite drop the whole transaction.
      if (!client.inTransaction) throw error;
      undo.run();
      return () => job.reject(storeError(error, client.name));
    } finally {
      if (client.inTransaction) release.run();
    }
  }

  function commitAll(jobs: readonly Job[]): void {
    let begun = false;
    try {
      begin.run();
      begun = true;
      const answers = jobs.map(attempt);
      commit.run();
      for (const answer of answers) answer();
    } catch (error) {
      if (client.inTransaction) rollback.run();
      // The one that is too large for the disk must not take the others with it.
      if (begun && jobs.length > 1) for (const job of jobs) commitAll([job]);
      else for (const job of jobs) job.reject(storeError(error, client.name));
    }
  }

  function flush(): void {
    const jobs = waiting;
    waiting = [];
    if (jobs.length > 0) commitAll(jobs);
  }

  return {
    write: (work) =>
      new Promise((resolve, reject) => {
        const run = () => {
          const result = work();
          return () => resolve(result);
        };
        if (waiting.push({ run, reject }) === 1) setImmediate(flush);
      }),
    flush,
  };
}
