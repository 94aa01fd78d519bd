import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const KEEP_MS = 30_000;

/**
 * Opens the dashboard where there is a desktop. The browser is handed a private page that leads there, because what it
 * is started with stands in the process list and the address holds the token.
 */
export function openBrowser(address: string, token: string | undefined, env: NodeJS.ProcessEnv): void {
  const command = opener(env);
  if (command === undefined || !process.stdout.isTTY) return;
  const folder = mkdtempSync(join(tmpdir(), "claw-"));
  const page = join(folder, "open.html");
  const target = JSON.stringify(token === undefined ? address : `${address}#token=${token}`);
  writeFileSync(page, `<!doctype html><title>Claw</title><script>location.replace(${target})</script>`, {
    mode: 0o600,
  });
  const child = spawn(command, [page], { detached: true, stdio: "ignore" });
  child.on("error", () => {});
  child.unref();
  setTimeout(() => rmSync(folder, { recursive: true, force: true }), KEEP_MS).unref();
}

function opener(env: NodeJS.ProcessEnv): string | undefined {
  if (process.platform === "darwin") return "open";
  if (process.platform === "win32") return "explorer";
  return env["DISPLAY"] || env["WAYLAND_DISPLAY"] ? "xdg-open" : undefined;
}
