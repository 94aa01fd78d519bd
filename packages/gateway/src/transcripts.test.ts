import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Principal, Provenance } from "@claw/core";
import { sqliteStore } from "@claw/store-sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTranscripts } from "./transcripts.ts";

const ada: Principal = { id: "ada", kind: "user", tenant: "local", scopes: ["write"], credential: "test" };
const provenance: Provenance = { origins: ["owner"], trust: "trusted", because: [] };
const TEXT = "x".repeat(10_000);

let stateDir: string;
let store: ReturnType<typeof sqliteStore>;

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "claw-transcripts-"));
  store = sqliteStore({ stateDir });
  await store.migrate();
  for (const name of ["a", "b", "c"]) {
    const message = { role: "user", text: TEXT } as const;
    const ids = { id: `test:${name}`, run: `run-${name}`, session: `agent:main:${name}`, agent: "main" };
    await store.journal.accept({ ...ids, principal: ada, provenance, message });
  }
});

afterAll(async () => {
  await store[Symbol.asyncDispose]();
  await rm(stateDir, { recursive: true, force: true });
});

/** Which of the sessions are in memory once all have been read. */
async function keptWith(capacity: number, maxCharacters?: number): Promise<readonly string[]> {
  const transcripts = createTranscripts(store, capacity, maxCharacters);
  for (const name of ["a", "b", "c"]) await transcripts.read(ada, `agent:main:${name}`, `run-${name}`);
  return ["a", "b", "c"].filter((name) => transcripts.hot(`agent:main:${name}`) !== undefined);
}

test("the sessions used last stay in memory, so many and no more", async () => {
  expect(await keptWith(3)).toEqual(["a", "b", "c"]);
  expect(await keptWith(2)).toEqual(["b", "c"]);
});

test("long ones leave earlier, and the one in use stays however long it is", async () => {
  expect(await keptWith(3, 25_000)).toEqual(["b", "c"]);
  expect(await keptWith(3, 5_000)).toEqual(["c"]);
});

test("what a turn adds counts as well", async () => {
  const transcripts = createTranscripts(store, 3, 25_000);
  const { transcript: first } = await transcripts.read(ada, "agent:main:a", "run-a");
  await transcripts.read(ada, "agent:main:b", "run-b");
  first.append({ role: "user", text: TEXT }, provenance);
  transcripts.hot("agent:main:a");
  expect(transcripts.hot("agent:main:b")).toBeUndefined();
});
