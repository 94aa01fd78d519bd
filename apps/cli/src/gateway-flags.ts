import type { Command } from "commander";

/** Where state and configuration are. */
export interface StateFlags {
  readonly stateDir?: string;
  readonly config?: string;
  readonly profile?: string;
}

/** Which gateway, and how to get in. */
export interface GatewayFlags extends StateFlags {
  readonly url?: string;
  readonly token?: string;
  readonly port?: string;
  readonly tlsFingerprint?: string;
}

export function withStateFlags(command: Command): Command {
  return command
    .optionsGroup("Where:")
    .option("--profile <name>", "use the state directory ~/.openclaw-<name>")
    .option("--state-dir <dir>", "use this state directory (CLAW_STATE_DIR)")
    .option("--config <file>", "use this configuration file (CLAW_CONFIG_PATH)");
}

export function withGatewayFlags(command: Command): Command {
  const grouped = command
    .optionsGroup("Where:")
    .option("--url <url>", "gateway to talk to, like wss://claw.example.com")
    .option("--port <port>", "port of a gateway on this machine (CLAW_GATEWAY_PORT)")
    .option("--tls-fingerprint <sha256>", "accept this certificate and no other, as the gateway prints it at start")
    .option("--token <token>", "gateway token; safer in CLAW_GATEWAY_TOKEN, process lists show flags");
  return withStateFlags(grouped);
}
