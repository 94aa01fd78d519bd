import { type Environment, resolvePaths } from "@claw/config";
import { ClawError } from "@claw/core";
import type { SafeMode } from "@claw/gateway";
import { lockStateDir } from "@claw/store-sqlite";
import { compose } from "./compose.ts";
import { createConsole } from "./console.ts";
import { openBrowser } from "./open-browser.ts";
import { serve } from "./serve.ts";
import { withStartConfig } from "./start-config.ts";
import { prepareStateDir } from "./state-dir.ts";
import { untilStopSignal } from "./stop-signals.ts";

export interface GatewayFlags {
  readonly port?: string | number;
  readonly token?: string;
  readonly stateDir?: string;
  readonly config?: string;
  readonly profile?: string;
  /** False: start with the file as it is or not at all. */
  readonly lastGood?: boolean;
  /** False: open no browser. */
  readonly open?: boolean;
  /** True starts in safe mode, false never does. Default: after a crash loop. */
  readonly safeMode?: boolean;
}

export interface RunGatewayOptions {
  readonly env: Environment;
  readonly flags: GatewayFlags;
}

/** As sysexits.h numbers them. */
const EXIT_CODES: Readonly<Record<string, number>> = {
  CONFIG_INVALID: 78,
  CONFIG_OVERRIDE: 78,
  CONFIG_SYNTAX: 78,
  CONFIG_UNREADABLE: 78,
  EGRESS_RULE: 78,
  GATEWAY_NO_TAILNET: 69,
  GATEWAY_PASSWORD_HASH: 78,
  GATEWAY_IDENTITY: 74,
  GATEWAY_PORT: 69,
  MODEL_CONFIG: 78,
  SANDBOX_UNAVAILABLE: 69,
  STATE_DIR_FOREIGN: 73,
  STORE_FAILED: 74,
  STORE_LOCKED: 75,
  STORE_NEWER: 78,
  STORE_UNWRITABLE: 74,
  TLS_CERTIFICATE: 78,
};

const NO_AUTHENTICATION =
  "nobody is asked for a credential: every program and every person on this machine is the owner. Set gateway.auth.mode to token.";

const WARM_AFTER_MS = 500;
const LEFT_BEHIND_MS = 2_000;

/** Runs the gateway until it is told to stop by SIGINT or SIGTERM. Resolves with the exit code; never rejects. */
export async function runGateway({ env, flags }: RunGatewayOptions): Promise<number> {
  const terminal = createConsole(process.stdout, process.stderr);
  const stopped = untilStopSignal();
  try {
    const paths = resolvePaths({ env, flags });
    const firstStart = await prepareStateDir(paths);
    using _lock = lockStateDir(paths.stateDir);
    const composed = await withStartConfig(
      { path: paths.configPath, env, lastGood: flags.lastGood !== false },
      (start) => compose({ ...start, paths, env, terminal, safeMode: flags.safeMode }),
    );
    const { loaded, gateway, file, access, facts, warm, end } = composed;
    await gateway.start();
    const serving = await serve({ ...composed, paths }).catch(async (error: unknown) => {
      // Turns that were taken up again would go on without the lock on their state.
      await gateway.stop({ graceMs: 0 });
      throw error;
    });
    const { address, fingerprint } = serving;
    const token = access.secret();
    if (gateway.safeMode !== undefined) terminal.warn(safeModeNote(gateway.safeMode));
    terminal.banner({ ...facts, address, fingerprint, token, firstStart, stateDir: paths.stateDir });
    if (loaded.config.gateway.auth.mode === "none") terminal.warn(NO_AUTHENTICATION);
    if (flags.open !== false && env["CLAW_NO_OPEN"] !== "1") openBrowser(address, token, env);
    await file.watch();
    // Whoever comes at once is served first. A model that can't be loaded says so when it is asked.
    setTimeout(() => void warm().catch(() => {}), WARM_AFTER_MS).unref();

    terminal.note(`${await stopped}: stopping; a second signal ends it at once`);
    file[Symbol.dispose]();
    await gateway.stop();
    await serving[Symbol.asyncDispose]();
    await end();
    terminal.note("stopped");
    // What the stop has left behind must not keep the process.
    setTimeout(() => process.exit(0), LEFT_BEHIND_MS).unref();
    return 0;
  } catch (error) {
    terminal.error(error instanceof Error ? error.message : String(error));
    if (env["CLAW_DEBUG"] === "1" && error instanceof Error) terminal.error(error.stack ?? "");
    return (ClawError.is(error) && EXIT_CODES[error.code]) || 1;
  }
}

function safeModeNote({ reason, parked }: SafeMode): string {
  return (
    `safe mode: ${reason} Channels are off. Unfinished turns that wait: ${parked.length}. ` +
    '"claw status" lists them, "claw safe-mode off" leaves it.'
  );
}
