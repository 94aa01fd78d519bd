import { expect, test } from "vitest";
import { configJsonSchema } from "../json-schema.ts";
import type { SchemaNode } from "../look-up-schema.ts";
import { keysPage } from "./keys-page.ts";

const RENEW = "run: npx vitest run packages/config/src/reference -u";
const PAGE = "../../../../docs/configuration-keys.md";

test("the JSON Schema that is shipped is the one of the program", async () => {
  const text = `${JSON.stringify(await configJsonSchema(), undefined, 2)}\n`;
  await expect(text, `openclaw.schema.json is out of date; ${RENEW}`).toMatchFileSnapshot("../../openclaw.schema.json");
});

test("the page of keys says what the schema says", async () => {
  await expect(await keysPage(), `docs/configuration-keys.md is out of date; ${RENEW}`).toMatchFileSnapshot(PAGE);
});

test("the page names every key of the schema", async () => {
  const page = await keysPage();
  const visit = (node: SchemaNode): void => {
    if (node["secret"] === true) return;
    for (const [key, child] of Object.entries(node.properties ?? {})) {
      if (key !== "$schema") expect(page).toMatch(new RegExp(`[.\` ]${key}[\`\\n]`));
      visit(child);
    }
    for (const one of [node.items, node.additionalProperties, ...(node.anyOf ?? []), ...(node.oneOf ?? [])]) {
      if (typeof one === "object") visit(one);
    }
  };
  visit(await configJsonSchema());
});
