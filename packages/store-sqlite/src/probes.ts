import type { Client } from "./database.ts";

/**
 * Whether one agent's database has something, asked of every agent's in turn: at 3 µs instead of the 25 µs of a query
 * whose row is decoded.
 */
export interface Probes {
  inbox(id: string): boolean;
  run(id: string): boolean;
  delivery(key: string): boolean;
}

export function probes(client: Client): Probes {
  const probe = (sql: string): ((id: string) => boolean) => {
    const statement = client.prepare<[string], number>(sql).pluck();
    return (id) => statement.get(id) !== undefined;
  };
  return {
    inbox: probe("SELECT 1 FROM inbox WHERE id = ?"),
    run: probe("SELECT 1 FROM runs WHERE id = ?"),
    delivery: probe("SELECT 1 FROM outbox WHERE key = ?"),
  };
}
