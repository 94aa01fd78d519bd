import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { supervisorSource } from "./program.ts";
import * as protocol from "./protocol.ts";

test("both halves of the protocol have the same numbers", async () => {
  const header = await readFile(join(supervisorSource(), "protocol.h"), "utf8");
  const found = Object.fromEntries(
    [...header.matchAll(/^\t(\w+) = (\w+),/gm)].map(([, name, value]) => [name, Number(value)]),
  );
  const { Frame, ...constants } = protocol;
  for (const [name, value] of Object.entries(constants)) expect(found[name], name).toBe(value);
  const frames = Object.fromEntries(
    Object.entries(found)
      .filter(([name]) => name.startsWith("FRAME_") && !(name in constants))
      .map(([name, value]) => [camelCase(name.slice("FRAME_".length)), value]),
  );
  expect(frames).toEqual(Frame);
});

const camelCase = (name: string) => name.toLowerCase().replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
