import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type ClientOptions, createClient, type GatewayClient } from "@claw/client";

const MAIN = resolve(import.meta.dirname, "../../../apps/gateway/dist/main.js");
const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 15_000;

export interface StartOptions {
  /**
   * Keys of `openclaw.json`; `gateway` is merged with a free port and the token. Default: the virtual sandbox. A string
   * is the file as it is.
   */
  readonly config?: (Readonly<Record<string, unknown>> & { readonly gateway?: object }) | string;
  /** One to go on with, kept at the end. Default: a new one, removed at the end. */
  readonly stateDir?: string;
  /** Beside a few harmless variables of this process; no model key gets through by itself. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The built gateway in a process of its own. */
export interface RunningGateway extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** `ws://127.0.0.1:PORT/` */
  readonly webSocketUrl: string;
  readonly token: string;
  readonly stateDir: string;
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** What it has written so far to both streams. */
  output(): string;
  /** A connected client; close it. */
  connect(options?: Partial<ClientOptions>): Promise<GatewayClient>;
  /** Idempotent. SIGTERM by default, followed by SIGKILL when that does not help. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
}

/** Starts the built gateway as a person would and resolves once it has said where it listens. */
export async function startGateway(options: StartOptions = {}): Promise<RunningGateway> {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: run "npx turbo run build --filter=claw-gateway" first`);
  const stateDir = options.stateDir ?? (await mkdtemp(join(tmpdir(), "claw-e2e-")));
  const token = "e2e-token-of-this-gateway";
  await writeConfig(stateDir, token, options.config);

  const child = spawn(process.execPath, [MAIN], {
    env: { ...harmless(process.env), HOME: stateDir, CLAW_STATE_DIR: stateDir, CLAW_NO_OPEN: "1", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const killWithUs = (): void => void child.kill("SIGKILL");
  process.once("exit", killWithUs);
  let output = "";
  const { promise: port, resolve: listening, reject } = Promise.withResolvers<string>();
  const onData = (chunk: Buffer): void => {
    output += chunk.toString();
    const found = /Dashboard +http:\/\/[^/]+:(\d+)\/.*\n/.exec(output)?.[1];
    if (found !== undefined) listening(found);
  };
  child.stdout.on("data", onData);
  child.stderr.on("data", onData);
  const exited = new Promise<Exit>((done) => child.once("close", (code, signal) => done({ code, signal })));
  void exited.then(({ code, signal }) => {
    process.off("exit", killWithUs);
    reject(new Error(`the gateway ended (${code ?? signal}) before it listened:\n${output}`));
  });
  const late = setTimeout(() => {
    killWithUs();
    reject(new Error(`the gateway said nothing of an address within ${START_TIMEOUT_MS} ms:\n${output}`));
  }, START_TIMEOUT_MS);

  const address = `127.0.0.1:${await port.finally(() => clearTimeout(late))}`;
  const webSocketUrl = `ws://${address}/`;

  async function stop(signal: NodeJS.Signals = "SIGTERM"): Promise<Exit> {
    child.kill(signal);
    const timer = setTimeout(killWithUs, STOP_TIMEOUT_MS);
    return exited.finally(() => clearTimeout(timer));
  }

  return {
    url: `http://${address}`,
    webSocketUrl,
    token,
    stateDir,
    pid: child.pid ?? 0,
    exited,
    output: () => output,
    async connect(clientOptions = {}) {
      const client = createClient({ url: webSocketUrl, token, scopes: ["operator.admin"], ...clientOptions });
      await client.ready();
      return client;
    },
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      if (options.stateDir === undefined) await rm(stateDir, { recursive: true, force: true });
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

/** What a program needs to run here, and no key that would make it call a model of the outside world. */
function harmless({ PATH, TMPDIR, LANG }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { PATH, TMPDIR, LANG, NO_COLOR: "1" };
}
