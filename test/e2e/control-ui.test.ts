import { AxeBuilder } from "@axe-core/playwright";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FakeGatewayOptions, startFakeGateway } from "../../apps/control-ui/src/dev/fake-gateway.ts";
import { noBrowser, startBrowser } from "./harness/browser.ts";
import { type BuiltControlUi, buildControlUi, gzippedSize, readScripts } from "./harness/built-control-ui.ts";
import { openControlUi, overflows } from "./harness/control-ui-page.ts";

const CSV_PROMPT = "Read the CSV file in /workspace and summarize the top 10 rows";
const MAIN = "agent:main:main";

let built: BuiltControlUi;
beforeAll(async () => {
  built = await buildControlUi();
});
afterAll(() => built?.[Symbol.asyncDispose]());

const startGateway = (options: Partial<FakeGatewayOptions> = {}) =>
  startFakeGateway({ folder: built.folder, token: "secret", ...options });

test("the first load is at most 150 kB of gzipped script, all of it 250 kB, and holds no schema library", async () => {
  const { first, later } = await readScripts(built);
  expect(gzippedSize(first)).toBeLessThanOrEqual(150_000);
  expect(gzippedSize([...first, ...later])).toBeLessThanOrEqual(250_000);
  expect([...first, ...later].filter((text) => /ZodError|\$ZodType/.test(text))).toEqual([]);
});

describe.skipIf(noBrowser !== undefined)(`in Chromium${noBrowser ? ` (${noBrowser})` : ""}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  test("a first question is answered with a tool card, Markdown and a timeline", async () => {
    await using gateway = await startGateway();
    await using ui = await openControlUi(browser, gateway.url);
    await ui.page.getByRole("button", { name: CSV_PROMPT }).click();
    await ui.answered();
    const card = ui.page.getByRole("region", { name: "Tool exec" });
    expect(await card.textContent()).toContain("head -n 11 sales.csv");
    expect(await card.textContent()).toContain("exit 0");
    expect(await card.textContent()).toContain("2025-01-10,South,Blender,6,329.94");
    expect(await ui.page.getByRole("cell", { name: "2,009.33" }).isVisible()).toBe(true);

    await ui.timelineButton.click();
    const timeline = ui.page.getByRole("region", { name: "Timeline of this run" });
    await timeline.getByText("in total").waitFor();
    expect(await timeline.getByRole("list", { name: "Time by stage" }).textContent()).toMatch(/Model[\d.]+ m?s/);
    await timeline.getByRole("button", { name: /^Tool/ }).click();
    await timeline.getByText("Tool: the tool ran").waitFor();

    expect(new URL(ui.page.url()).hash).toBe("");
    expect(await ui.page.getByText(CSV_PROMPT).count()).toBeGreaterThan(0);
    expect(ui.complaints).toEqual([]);
  });

  test("safe mode is announced with its reason, and left from there", async () => {
    const safeMode = { since: 0, reason: "The gateway ended 3 times.", parkedCount: 2, parked: [] };
    await using gateway = await startGateway({ safeMode });
    await using ui = await openControlUi(browser, gateway.url);
    const banner = ui.page.getByRole("alert").filter({ hasText: "Safe mode" });
    await banner.waitFor();
    expect(await banner.textContent()).toContain(
      "The gateway ended 3 times. Channels are off. Unfinished turns that wait: 2.",
    );
    await ui.page.getByRole("button", { name: "Leave safe mode" }).click();
    await banner.waitFor({ state: "detached" });
    expect(ui.complaints).toEqual([]);
  });

  test("a configuration file with mistakes is announced with the first of them and with what is used instead", async () => {
    const issues = [{ path: "agents.lsit", message: "unknown key", line: 7 }];
    const startedWith = { leftOut: ["logging"] };
    const configReload = { hotReloadStatus: "rejected", issues, restartRequired: [], startedWith } as const;
    await using gateway = await startGateway({ configReload });
    await using ui = await openControlUi(browser, gateway.url);
    const banner = ui.page.getByRole("alert").filter({ hasText: "configuration file" });
    await banner.waitFor();
    expect(await banner.textContent()).toBe(
      "The configuration file has mistakes. It is used without logging. agents.lsit (line 7): unknown key",
    );
  });

  test("an answer shows as it is said, and stop ends it", async () => {
    await using gateway = await startGateway();
    await using ui = await openControlUi(browser, gateway.url);
    await ui.say("gate please");
    await ui.transcript.getByText("One moment.").waitFor();
    await ui.page.getByRole("button", { name: "Stop" }).click();
    await ui.page.getByText("Stopped", { exact: true }).waitFor();
    await expect.poll(() => ui.page.getByRole("button", { name: "Stop" }).count()).toBe(0);
    await ui.page.reload();
    await ui.transcript.getByText("One moment.").waitFor();
    expect(await ui.page.getByText("Stopped", { exact: true }).isVisible()).toBe(true);
  });

  test("stdout and stderr are told apart, and a failure says why, also after a reload", async () => {
    await using gateway = await startGateway();
    await using ui = await openControlUi(browser, gateway.url);
    await ui.say("this fails");
    await ui.transcript.getByText("the API key is not valid").waitFor();
    const card = ui.page.getByRole("region", { name: "Tool exec" });
    expect(await card.textContent()).toMatch(/exit 1.*Reading sales\.csv\s+stderr.*ValueError/s);
    await ui.page.reload();
    await ui.transcript.getByText("the API key is not valid").waitFor();
  });

  test("long output is folded and unfolds", async () => {
    await using gateway = await startGateway();
    await using ui = await openControlUi(browser, gateway.url);
    await ui.say("long output");
    await ui.answered();
    const output = ui.page.getByRole("region", { name: "Output" });
    expect((await output.textContent())?.split("\n")).toHaveLength(12);
    await ui.page.getByRole("button", { name: "Show all 200 lines" }).click();
    expect((await output.textContent())?.split("\n")).toHaveLength(200);
  });

  test("an answer goes on where it was after the connection was lost", async () => {
    await using gateway = await startGateway();
    await using ui = await openControlUi(browser, gateway.url);
    await ui.say("gate please");
    await ui.transcript.getByText("One moment.").waitFor();
    gateway.goAway();
    await ui.page.getByText("The connection to the gateway is lost.").waitFor();
    gateway.openGate();
    await expect.poll(() => gateway.session(MAIN).runs[0]?.state).toBe("done");
    gateway.comeBack();
    await ui.transcript.getByText("One moment. And here is the rest.", { exact: true }).waitFor();
    expect(await ui.transcript.getByText("One moment.").count()).toBe(1);
  });

  test("a lost connection says when the next attempt is, and makes one when asked", async () => {
    await using gateway = await startGateway();
    await using ui = await openControlUi(browser, gateway.url);
    await ui.page.getByText("Connected").first().waitFor();
    await ui.page.clock.install();
    gateway.goAway();
    await ui.page.getByText(/Trying again in [4-9] s/).waitFor();
    // From here on the page would never try by itself.
    await ui.page.clock.pauseAt(await ui.page.evaluate(() => Date.now() + 1));
    gateway.comeBack();
    await ui.page.getByRole("button", { name: "Reconnect now" }).click();
    await ui.page.getByText("The connection to the gateway is lost.").waitFor({ state: "hidden" });
  });

  test("words that were dropped on the way are fetched", async () => {
    await using gateway = await startGateway();
    await using ui = await openControlUi(browser, gateway.url);
    await ui.say("gate please");
    await ui.transcript.getByText("One moment.").waitFor();
    gateway.dropEvents(3);
    gateway.openGate();
    await ui.transcript.getByText("One moment. And here is the rest.", { exact: true }).waitFor();
    await expect.poll(() => ui.transcript.getByText("One moment.").count()).toBe(1);
  });

  test("a message whose acknowledgement is lost is sent again under the same key and runs once", async () => {
    await using gateway = await startGateway();
    await using ui = await openControlUi(browser, gateway.url);
    await ui.field.waitFor();
    await ui.page.getByText("Connected").first().waitFor();
    gateway.loseNextAcknowledgement();
    await ui.say("long output");
    await ui.answered();
    await expect.poll(() => gateway.sentKeys.length).toBe(2);
    expect(new Set(gateway.sentKeys).size).toBe(1);
    expect(gateway.session(MAIN).runs).toHaveLength(1);
    expect(await ui.page.getByRole("article").count()).toBe(1);
  });

  test("a message written while the gateway is away survives a reload and goes out once", async () => {
    await using gateway = await startGateway();
    await using ui = await openControlUi(browser, gateway.url);
    await ui.page.getByText("Connected").first().waitFor();
    gateway.goAway();
    await ui.page.getByText("The connection to the gateway is lost.").waitFor();
    await ui.say("long output");
    await ui.page.getByText("Not sent yet").waitFor();
    await ui.page.reload();
    gateway.comeBack();
    // Which chat is the main one only the gateway says, so the message is back with the connection.
    await ui.answered();
    expect(gateway.sentKeys).toHaveLength(1);
    expect(await ui.page.getByText("Not sent yet").count()).toBe(0);
  });

  test("without a token, or with a wrong one, the page asks for it and says why", async () => {
    await using gateway = await startGateway();
    await using ui = await openControlUi(browser, gateway.url, { hash: "" });
    await ui.page.getByText("gateway token missing").waitFor();
    await ui.page.getByLabel("Gateway token").fill("wrong");
    await ui.page.keyboard.press("Enter");
    await ui.page.getByText("gateway token mismatch").waitFor();
    await ui.page.getByLabel("Gateway token").fill("secret");
    await ui.page.getByRole("button", { name: "Connect" }).click();
    await ui.page.getByText("What shall we do?").waitFor();
    expect(ui.complaints).toEqual([]);
  });

  test("everything works by keyboard alone", async () => {
    await using gateway = await startGateway({ agentIds: ["main", "researcher"] });
    await using ui = await openControlUi(browser, gateway.url);
    const { keyboard } = ui.page;
    const focused = () => ui.page.evaluate(() => document.activeElement?.textContent ?? "");
    await ui.page.getByText("What shall we do?").waitFor();
    const goBackTo = async (name: string) => {
      for (let presses = 0; presses < 30 && !(await focused()).startsWith(name); presses += 1)
        await keyboard.press("Shift+Tab");
      expect(await focused()).toMatch(new RegExp(`^${name}`));
    };

    await goBackTo("Skip to the message field");
    await keyboard.press("Enter");
    await keyboard.type("long output");
    await keyboard.press("Shift+Enter");
    await keyboard.type("please");
    expect(await ui.field.inputValue()).toBe("long output\nplease");
    await keyboard.press("Enter");
    await ui.answered();

    for (let presses = 0; presses < 20 && !(await focused()).includes("where the time went"); presses += 1)
      await keyboard.press("Shift+Tab");
    await keyboard.press("Enter");
    await ui.page.getByText("in total").waitFor();
    await keyboard.press("Tab");
    await keyboard.press("Tab");
    expect(await focused()).toMatch(/^Accept/);
    await keyboard.press("Enter");
    await ui.page.getByText("checked who asks and where it goes").waitFor();

    await ui.page.getByRole("button", { name: "New chat" }).focus();
    await keyboard.press("Enter");
    await ui.page.getByRole("menuitem", { name: "Main" }).and(ui.page.locator(":focus")).waitFor();
    await keyboard.press("ArrowDown");
    await ui.page.getByRole("menuitem", { name: "Researcher" }).and(ui.page.locator(":focus")).waitFor();
    await keyboard.press("Enter");
    await ui.page.getByText("What shall we do?").waitFor();
    expect(decodeURIComponent(ui.page.url())).toMatch(/session=agent:researcher:dashboard:[0-9a-f-]{36}$/);
  });

  test("chats are listed, kept apart and found again in the address bar", async () => {
    await using gateway = await startGateway();
    await using ui = await openControlUi(browser, gateway.url);
    await ui.say("long output");
    await ui.answered();
    await ui.page.getByRole("button", { name: "New chat" }).click();
    await ui.page.getByText("What shall we do?").waitFor();
    await ui.say("html please");
    await ui.answered();
    const chats = ui.page.getByRole("navigation", { name: "Chats" }).getByRole("button");
    await expect.poll(() => chats.count()).toBe(2);
    await chats.filter({ hasText: "long output" }).click();
    await ui.transcript.getByText("Two hundred numbers").waitFor();
    await ui.page.goBack();
    await ui.transcript.getByText("Raw <b>HTML</b> stays text").waitFor();
  });

  test("an answer can bring no markup of its own, and loads nothing from elsewhere", async () => {
    await using gateway = await startGateway();
    await using ui = await openControlUi(browser, gateway.url);
    const elsewhere: string[] = [];
    ui.page.on("request", (request) => {
      if (!request.url().startsWith(gateway.url)) elsewhere.push(request.url());
    });
    await ui.say("html please");
    await ui.answered();
    const link = ui.page.getByRole("link", { name: "A link" });
    await link.waitFor();
    expect(await link.getAttribute("rel")).toContain("noopener");
    expect(await ui.page.locator("article").locator("script, b, img").count()).toBe(0);
    expect(elsewhere).toEqual([]);
    expect(ui.complaints).toEqual([]);
  });

  const looks = [
    { name: "360 px, light", viewport: { width: 360, height: 740 }, colorScheme: "light" },
    { name: "360 px, dark", viewport: { width: 360, height: 740 }, colorScheme: "dark" },
    { name: "1440 px, light", viewport: { width: 1440, height: 900 }, colorScheme: "light" },
    { name: "1440 px, dark", viewport: { width: 1440, height: 900 }, colorScheme: "dark" },
  ] as const;

  test.each(looks)("nothing sticks out and axe finds no serious fault at $name", async ({ viewport, colorScheme }) => {
    await using gateway = await startGateway({ agentIds: ["main", "researcher"] });
    await using ui = await openControlUi(browser, gateway.url, { viewport, colorScheme, reducedMotion: "reduce" });
    const check = async (state: string) => {
      const { violations } = await new AxeBuilder({ page: ui.page }).analyze();
      const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      expect(serious.map(({ id, nodes }) => `${state}: ${id} ${nodes[0]?.html}`)).toEqual([]);
      expect(await overflows(ui.page), `${state} is wider than the window`).toBe(false);
    };
    await ui.page.getByText("What shall we do?").waitFor();
    await check("empty");
    await ui.page.getByRole("button", { name: CSV_PROMPT }).click();
    await ui.answered();
    await ui.timelineButton.click();
    await ui.page.getByText("in total").waitFor();
    await check("answer with timeline");
    await ui.say("this fails");
    await ui.page.getByText("This run failed").waitFor();
    await check("failure");
    await ui.page.getByRole("button", { name: "Sandbox: docker sandbox, ready" }).click();
    await check("popover");
    await ui.page.keyboard.press("Escape");
    if (viewport.width < 1024) {
      await ui.page.getByRole("button", { name: "Chats" }).click();
      await check("drawer");
    }
    expect(ui.complaints).toEqual([]);
  });

  test("the theme follows the system until it is chosen, and the choice stays", async () => {
    await using gateway = await startGateway();
    await using ui = await openControlUi(browser, gateway.url, { colorScheme: "dark" });
    const background = () => ui.page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    await ui.page.getByText("What shall we do?").waitFor();
    const dark = await background();
    await ui.page.getByRole("button", { name: "Theme: System" }).click();
    await ui.page.getByRole("menuitemradio", { name: "Light" }).click();
    const light = await background();
    expect(light).not.toBe(dark);
    await ui.page.reload();
    await ui.page.getByRole("button", { name: "Theme: Light" }).waitFor();
    expect(await background()).toBe(light);
  });
});
