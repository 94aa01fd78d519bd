import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeContract } from "@claw/core/testing";
import { describe, test } from "vitest";
import { sqliteStore } from "./sqlite-store.ts";

async function open() {
  const stateDir = mkdtempSync(join(tmpdir(), "claw-store-"));
  const store = sqliteStore({ stateDir });
  await store.migrate();
  let current = store;
  return {
    store,
    async reopen() {
      await current[Symbol.asyncDispose]();
      current = sqliteStore({ stateDir });
      return current;
    },
    async [Symbol.asyncDispose]() {
      await current[Symbol.asyncDispose]();
      rmSync(stateDir, { recursive: true });
    },
  };
}

describe("sqliteStore keeps the store contract", () => {
  for (const { name, skip, run } of storeContract({ open })) test.skipIf(skip !== undefined)(name, run);
});
