import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type ClientOptions, createClient, type GatewayClient } from "@claw/client";
import { type Program, startProgram } from "./program.ts";

const MAIN = resolve(import.meta.dirname, "../../../apps/gateway/dist/main.js");

export interface StartOptions {
  /**
   * Keys of `openclaw.json`; `gateway` is merged with a free port and the token. Default: the virtual sandbox. A string
   * is the file as it is.
   */
  readonly config?: (Readonly<Record<string, unknown>> & { readonly gateway?: object }) | string;
  /** The file that is there stays. */
  readonly keepConfig?: boolean;
  /** One to go on with, kept at the end. Default: a new one, removed at the end. */
  readonly stateDir?: string;
  /** Beside a few harmless variables of this process; no model key gets through by itself. */
  readonly env?: Readonly<Record<string, string>>;
  /** Of the command line. */
  readonly flags?: readonly string[];
  /** A command that becomes the gateway's, like `nice -n 5`. */
  readonly through?: readonly string[];
}

/** The built gateway in a process of its own. */
export interface RunningGateway extends Omit<Program, "match">, AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** `ws://127.0.0.1:PORT/` */
  readonly webSocketUrl: string;
  readonly token: string;
  readonly stateDir: string;
  /** A connected client; close it. */
  connect(options?: Partial<ClientOptions>): Promise<GatewayClient>;
}

/** Starts the built gateway as a person would and resolves once it has said where it listens. */
export async function startGateway(options: StartOptions = {}): Promise<RunningGateway> {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: run "npx turbo run build --filter=claw-gateway" first`);
  const stateDir = options.stateDir ?? (await mkdtemp(join(tmpdir(), "claw-e2e-")));
  const token = "e2e-token-of-this-gateway";
  if (options.keepConfig !== true) await writeConfig(stateDir, token, options.config);
  const removeOwnState = async (): Promise<void> => {
    if (options.stateDir === undefined) await rm(stateDir, { recursive: true, force: true });
  };
  const { match, ...program } = await startProgram({
    args: [MAIN, ...(options.flags ?? [])],
    env: { HOME: stateDir, CLAW_STATE_DIR: stateDir, CLAW_NO_OPEN: "1", ...options.env },
    ...(options.through === undefined ? {} : { through: options.through }),
    ready: /Dashboard +https?:\/\/[^/]+:(\d+)\/.*\n/,
  }).catch(async (error: unknown) => {
    await removeOwnState();
    throw error;
  });
  const address = `127.0.0.1:${match[1]}`;
  const webSocketUrl = `ws://${address}/`;
  return {
    ...program,
    url: `http://${address}`,
    webSocketUrl,
    token,
    stateDir,
    async connect(clientOptions = {}) {
      const client = createClient({ url: webSocketUrl, token, scopes: ["operator.admin"], ...clientOptions });
      await client.ready();
      return client;
    },
    async [Symbol.asyncDispose]() {
      await program.stop();
      await removeOwnState();
    },
  };
}

async function writeConfig(stateDir: string, token: string, config: StartOptions["config"] = {}): Promise<void> {
  await mkdir(stateDir, { recursive: true });
  const text = typeof config === "string" ? config : JSON.stringify(completed(config, token), null, 2);
  await writeFile(join(stateDir, "openclaw.json"), text, { mode: 0o600 });
}

function completed(config: Exclude<StartOptions["config"], string | undefined>, token: string): object {
  const gateway = { port: 0, auth: { mode: "token", token }, ...config.gateway };
  return { sandbox: { backend: "virtual" }, ...config, gateway };
}
