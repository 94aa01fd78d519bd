#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { parseArgs } from "node:util";

// Before anything big is loaded: a start with a warm cache takes half the time.
enableCompileCache();

const USAGE = `Usage: claw-gateway [options]

Runs the gateway in the foreground. Ctrl-C stops it.

  --port PORT        port for WebSocket and HTTP (18789)
  --token TOKEN      instead of gateway.auth.token; better in CLAW_GATEWAY_TOKEN, where a process list does not show it
  --state-dir DIR    instead of ~/.openclaw
  --config FILE      instead of openclaw.json in the state directory
  --profile NAME     a state directory of its own, ~/.openclaw-NAME
  --safe-mode        start with channels off and unfinished turns waiting; --no-safe-mode never does
  --no-last-good     with a mistake in the configuration do not start with the last version that worked
  --no-open          open no browser
  --help             this text
`;

try {
  const { values } = parseArgs({
    options: {
      port: { type: "string" },
      token: { type: "string" },
      "state-dir": { type: "string" },
      config: { type: "string" },
      profile: { type: "string" },
      open: { type: "boolean" },
      "safe-mode": { type: "boolean" },
      "last-good": { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
    allowNegative: true,
  });
  if (values.help) {
    process.stdout.write(USAGE);
  } else {
    const { "state-dir": stateDir, "safe-mode": safeMode, "last-good": lastGood, help: _, ...rest } = values;
    const flags = {
      ...rest,
      ...(stateDir === undefined ? {} : { stateDir }),
      ...(safeMode === undefined ? {} : { safeMode }),
      ...(lastGood === undefined ? {} : { lastGood }),
    };
    const { runGateway } = await import("./run-gateway.ts");
    process.exitCode = await runGateway({ env: process.env, flags });
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exitCode = 2;
}
