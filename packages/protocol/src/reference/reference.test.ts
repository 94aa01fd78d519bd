import { expect, test } from "vitest";
import { EVENT_NAMES } from "../events.ts";
import { methods } from "../methods.ts";
import { referencePage } from "./page.fixture.ts";

const REWRITE =
  "docs/protocol.md is not what the protocol says; run: npx vitest run packages/protocol/src/reference -u";

test("the reference page says what the protocol says", async () => {
  await expect(referencePage(), REWRITE).toMatchFileSnapshot("../../../../docs/protocol.md");
});

test("the reference page has every method and every event", () => {
  const page = referencePage();
  for (const name of Object.keys(methods)) expect(page).toContain(`\n#### ${name}\n`);
  for (const name of EVENT_NAMES) expect(page).toContain(`\n| \`${name}\``);
});
