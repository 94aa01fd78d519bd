import { ClawError, type Logger, systemClock } from "@claw/core";
import { expect, test } from "vitest";
import { createTroubles } from "./troubles.ts";

test("a file that can't be used is named until it was written to, and logged when that begins and ends", () => {
  const logged: string[] = [];
  const log = (message: string): void => void logged.push(message);
  const logger: Logger = { debug: log, info: log, warn: log, error: log };
  const troubles = createTroubles(systemClock, logger);
  troubles.failed("/a.db", new ClawError("STORE_UNWRITABLE", "no space"));
  troubles.failed("/a.db", new ClawError("STORE_UNWRITABLE", "still no space"));
  expect(troubles.all()).toEqual([{ since: expect.any(Date), message: "still no space" }]);
  troubles.worked("/b.db");
  troubles.worked("/a.db");
  troubles.worked("/a.db");
  expect(troubles.all()).toEqual([]);
  expect(logged).toEqual(["the store fails", "the store works again"]);
});

test("what is wrong with a request is no trouble of the file", () => {
  const logger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
  const troubles = createTroubles(systemClock, logger);
  troubles.failed("/a.db", new ClawError("STORE_CONFLICT", "the id is taken"));
  expect(troubles.all()).toEqual([]);
});
