import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const CHROMIUM = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";

/** Why no page can be opened here; `undefined` when one can. In CI a missing browser is a failure, not a skip. */
export const noBrowser: string | undefined =
  existsSync(CHROMIUM) || process.env["CI"] === "true" ? undefined : `there is no Chromium at ${CHROMIUM}`;

/** Debian's Chromium without a screen, kept from calling home. */
export function startBrowser(more: readonly string[] = []): Promise<Browser> {
  const quiet = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    ...more,
  ];
  // Its own sandbox does not work for root.
  const args = process.getuid?.() === 0 ? ["--no-sandbox", ...quiet] : quiet;
  return chromium.launch({ executablePath: CHROMIUM, args });
}
