import { AxeBuilder } from "@axe-core/playwright";
import { createClient, type DeviceStorage, type StoredDevice } from "@claw/client";
import { hashPassword } from "@claw/gateway";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noBrowser, startBrowser } from "./harness/browser.ts";
import { openControlUi, overflows } from "./harness/control-ui-page.ts";
import { say, startFakeModel } from "./harness/fake-model.ts";
import { startGateway } from "./harness/gateway.ts";

const PASSWORD = "correct horse battery";

/** The built gateway with two people who sign in with passwords, and one with a token. */
async function startScene() {
  await using stack = new AsyncDisposableStack();
  const model = stack.use(await startFakeModel(say("Hello Ada."), say("Hello Bob.")));
  const password = await hashPassword(PASSWORD);
  const users = {
    ada: { name: "Ada", role: "member", password },
    bob: { role: "member", token: "the-token-of-bob-0123456789" },
  };
  const gateway = stack.use(await startGateway({ config: { ...model.config, users } }));
  const owned = stack.move();
  return { gateway, bob: users.bob.token, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function signIn(page: Page, user: string, password: string): Promise<void> {
  await page.getByText("User and password").click();
  await page.getByLabel("User", { exact: true }).fill(user);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.keyboard.press("Enter");
}

function memoryDevice(): DeviceStorage {
  let kept: StoredDevice | undefined;
  return {
    load: async () => kept,
    save: async (device) => {
      kept = device;
    },
  };
}

/** Everything that the page has put into the browser. */
const stored = (page: Page) =>
  page.evaluate(() => JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)]));

async function serious(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id} ${nodes[0]?.html}`);
}

describe.skipIf(noBrowser !== undefined)(`in Chromium${noBrowser ? ` (${noBrowser})` : ""}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  test("somebody signs in with user and password, stays so without the password, and signs out", async () => {
    await using scene = await startScene();
    await using ui = await openControlUi(browser, `${scene.gateway.url}/`, { hash: "" });
    const { page } = ui;
    await signIn(page, "ada", "wrong horse");
    await page.getByText("That user and password do not fit.").waitFor();
    expect(await page.getByLabel("User", { exact: true }).inputValue()).toBe("ada");
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.keyboard.press("Enter");
    await ui.say("hello");
    await ui.transcript.getByText("Hello Ada.").waitFor();
    expect(await stored(page)).not.toContain("horse");
    await page.reload();
    await ui.transcript.getByText("Hello Ada.").waitFor();
    await page.getByRole("button", { name: "Connection: Connected" }).click();
    await page.getByText("Signed in as ada").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Gateway token").waitFor();
    expect(await stored(page)).not.toMatch(/"token"|signed-in/);
    await signIn(page, "ada", PASSWORD);
    await ui.transcript.getByText("Hello Ada.").waitFor();

    const client = await scene.gateway.connect();
    await using _ = { [Symbol.asyncDispose]: async () => client.close() };
    const { paired } = await client.request("device.pair.list", {});
    expect(paired.map(({ owner }) => owner)).toEqual(["ada"]);
    await client.request("device.token.revoke", { deviceId: paired[0]?.deviceId ?? "", role: "operator" });
    await page.getByText("This browser was signed out. Sign in again.").waitFor();
    expect(ui.complaints).toEqual([]);
  });

  test("an owner shares a chat from the page, and takes it back", async () => {
    await using scene = await startScene();
    await using ada = await openControlUi(browser, `${scene.gateway.url}/`, { hash: "" });
    await signIn(ada.page, "ada", PASSWORD);
    await ada.say("hello");
    await ada.transcript.getByText("Hello Ada.").waitFor();
    await ada.page.getByRole("button", { name: "Share this chat" }).click();
    const panel = ada.page.getByRole("dialog", { name: "Share this chat" });
    await panel.getByLabel("User to let in").fill("bobb");
    await panel.getByRole("button", { name: "Add" }).click();
    await panel.getByText(/expected the id of a user/).waitFor();
    await panel.getByLabel("User to let in").fill("bob");
    await panel.getByRole("button", { name: "Add" }).click();
    await panel.getByLabel("What bob may do").waitFor();

    await using bob = await openControlUi(browser, `${scene.gateway.url}/`, { hash: `#token=${scene.bob}` });
    await bob.page.getByRole("button", { name: /^hello .*ada$/ }).click();
    await bob.page.getByText("ada’s chat, shared with you to read").waitFor();
    expect(await bob.page.getByRole("button", { name: "Share this chat" }).count()).toBe(0);
    await panel.getByLabel("What bob may do").selectOption("write");
    await bob.page.getByText("ada’s chat, shared with you", { exact: true }).waitFor();
    await panel.getByRole("button", { name: "Remove bob" }).click();
    await panel.getByLabel("What bob may do").waitFor({ state: "detached" });
    await bob.page.reload();
    await bob.page.getByText("No chats yet.").waitFor();
    expect([...ada.complaints, ...bob.complaints]).toEqual([]);
  });

  test.each([
    { name: "360 px, dark", viewport: { width: 360, height: 740 }, colorScheme: "dark" },
    { name: "1440 px, light", viewport: { width: 1440, height: 900 }, colorScheme: "light" },
  ] as const)("an admin lets devices in and out, and all of it fits without a serious fault at $name", async (look) => {
    await using scene = await startScene();
    await using stranger = await openControlUi(browser, `${scene.gateway.url}/`, { hash: "", ...look });
    await stranger.page.getByLabel("Gateway token").waitFor();
    await stranger.page.getByText("User and password").click();
    expect(await serious(stranger.page)).toEqual([]);
    expect(await overflows(stranger.page)).toBe(false);
    const device = memoryDevice();
    const waiting = createClient({ url: scene.gateway.webSocketUrl, device, scopes: ["operator.read"] });
    using _ = { [Symbol.dispose]: () => waiting.close() };

    const { token } = scene.gateway;
    const options = { hash: `#token=${token}`, reducedMotion: "reduce", ...look } as const;
    await using ui = await openControlUi(browser, `${scene.gateway.url}/`, options);
    const { page } = ui;
    await ui.say("hello");
    await ui.answered();
    await page.getByRole("button", { name: "Share this chat" }).click();
    await page.getByRole("dialog", { name: "Share this chat" }).getByText("owns it").waitFor();
    expect(await serious(page)).toEqual([]);
    await page.keyboard.press("Escape");
    if (look.viewport.width < 1_000) await page.getByRole("button", { name: "Chats" }).click();
    await page.getByRole("button", { name: /People and devices.*1 device waits/ }).click();
    const panel = page.getByRole("dialog", { name: "People and devices" });
    const card = panel.getByRole("listitem", { name: /waiting$/ });
    await card.getByText("As operator, for: read").waitFor();
    expect(await serious(page)).toEqual([]);
    expect(await overflows(page)).toBe(false);
    await card.getByRole("button", { name: "Approve" }).click();
    await card.waitFor({ state: "detached" });
    await waiting.ready();
    await panel.getByText("Ada", { exact: false }).first().waitFor();
    await panel.getByRole("button", { name: "Remove", exact: true }).click();
    await panel.getByRole("button", { name: "Remove it" }).click();
    await panel.getByText("No device is paired, and none waits.").waitFor();
    expect([...ui.complaints, ...stranger.complaints]).toEqual([]);
  });
});
