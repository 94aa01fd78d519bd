import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { noBrowser, startBrowser } from "./harness/browser.ts";
import { noEngine } from "./harness/engine.ts";
import { type RunningGateway, startGateway } from "./harness/gateway.ts";

const SENTENCE = "Read the CSV file in /workspace and summarize the top 10 rows";
const unavailable = noBrowser ?? (await noEngine());

let browser: Browser;
beforeAll(async () => {
  if (unavailable === undefined) browser = await startBrowser();
});
afterAll(() => browser?.close());

async function openPage(gateway: RunningGateway): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  page.setDefaultTimeout(90_000);
  await page.goto(`${gateway.url}/#token=${gateway.token}`);
  await page.getByRole("button", { name: "Connection: Connected" }).waitFor();
  return page;
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox").fill(text);
  await page.keyboard.press("Enter");
}

test.skipIf(unavailable !== undefined)(
  `the whole main job in a page: model, hardened container, answer, waterfall${unavailable ? ` (${unavailable})` : ""}`,
  async () => {
    await using gateway = await startGateway({ config: { sandbox: { backend: "docker" } } });
    const page = await openPage(gateway);
    expect(page.url()).toBe(`${gateway.url}/`);
    await page.getByRole("button", { name: /^Sandbox: docker/ }).waitFor();

    await say(page, SENTENCE);
    await page.getByText("head -n 11 /workspace/data.csv").waitFor();
    await page.getByText("exit 0").waitFor();
    await page.getByRole("cell", { name: "Shanghai" }).first().waitFor();

    await page.getByRole("button", { name: /where the time went/ }).click();
    const waterfall = page.getByRole("region", { name: "Timeline of this run" });
    for (const stage of ["Journal", "Model", "Policy", "Sandbox", "Tool"]) {
      await waterfall.getByText(stage, { exact: false }).first().waitFor();
    }

    const { violations } = await new AxeBuilder({ page }).analyze();
    const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  },
);

test.skipIf(unavailable !== undefined)(
  `a gateway that restarts under an open page loses and doubles nothing${unavailable ? ` (${unavailable})` : ""}`,
  async () => {
    await using first = await startGateway();
    const page = await openPage(first);
    await say(page, "write hello to notes.txt");
    await page.getByText("wrote", { exact: false }).first().waitFor();
    const port = Number(new URL(first.url).port);
    await first.stop("SIGKILL");
    await page.getByRole("button", { name: /^Connection: (?!Connected)/ }).waitFor();
    await using second = await startGateway({ stateDir: first.stateDir, config: { gateway: { port } } });
    await page.getByRole("button", { name: "Connection: Connected" }).waitFor();
    await say(page, "show notes.txt");
    await page
      .getByRole("region", { name: /^Tool / })
      .nth(1)
      .waitFor();
    await page
      .getByRole("button", { name: /where the time went/ })
      .nth(1)
      .waitFor();
    const conversation = page.getByRole("region", { name: "Conversation" });
    expect(await conversation.getByText("write hello to notes.txt").count()).toBe(1);
    expect(await conversation.getByText("show notes.txt").count()).toBe(1);
    expect(second.output()).not.toContain("error");
  },
);
