import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";

export interface ControlUiPage extends AsyncDisposable {
  readonly page: Page;
  /** Complaints of the browser: scripts that failed, and whatever the page's policy forbade. */
  readonly complaints: readonly string[];
  /** What was said, without what only screen readers get. */
  readonly transcript: Locator;
  readonly field: Locator;
  readonly timelineButton: Locator;
  say(text: string): Promise<void>;
  /** Resolves when the answer is whole. */
  answered(): Promise<void>;
}

/** Opens the page as a person would, from the link that the gateway printed. */
export async function openControlUi(
  browser: Browser,
  url: string,
  options: BrowserContextOptions & { readonly hash?: string } = {},
): Promise<ControlUiPage> {
  const { hash = "#token=secret", ...contextOptions } = options;
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...contextOptions });
  const page = await context.newPage();
  page.setDefaultTimeout(90_000);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    // A gateway that is away is what some tests are about.
    if (message.type() === "error" && !/WebSocket connection/.test(message.text())) complaints.push(message.text());
  });
  await page.goto(url + hash);
  const field = page.getByLabel("Message to the agent");
  return {
    page,
    complaints,
    transcript: page.getByRole("region", { name: "Conversation" }),
    field,
    timelineButton: page.getByRole("button", { name: /where the time went/ }),
    async say(text) {
      await field.fill(text);
      await field.press("Enter");
    },
    async answered() {
      await page.getByRole("button", { name: "Copy answer" }).last().waitFor();
    },
    async [Symbol.asyncDispose]() {
      await context.close();
    },
  };
}

/** Whether anything is wider than the window. */
export function overflows(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
}
