import { once } from "node:events";
import { type CliResult, runCli, spawnCli, temporaryHome } from "./cli.ts";

export interface RunningGateway extends AsyncDisposable {
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  readonly configPath: string;
  /** All that it has printed. */
  output(): string;
  /** Kills it without warning and starts it again on the same port. */
  crashAndRestart(): Promise<void>;
}

/** The bundled gateway as its own process: the offline demo in the virtual sandbox. `settings` are keys of its file. */
export async function startGateway(settings: Readonly<Record<string, string>> = {}): Promise<RunningGateway> {
  const { env, configPath, ...home } = await temporaryHome();
  await must(runCli(["config", "set", "agents.defaults.model", "demo/offline"], { env }));
  await must(runCli(["config", "set", "sandbox.backend", "virtual"], { env }));
  for (const [key, value] of Object.entries(settings)) await must(runCli(["config", "set", key, value], { env }));
  let { child, port, output } = await launch(env, 0);
  return {
    port,
    env: { ...env, CLAW_GATEWAY_PORT: String(port) },
    configPath,
    output: () => output(),
    async crashAndRestart() {
      child.kill("SIGKILL");
      await once(child, "close");
      ({ child, port, output } = await launch(env, port));
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null) {
        child.kill("SIGTERM");
        await once(child, "close");
      }
      await home[Symbol.asyncDispose]();
    },
  };
}

async function launch(env: Readonly<Record<string, string>>, port: number) {
  const child = spawnCli(["gateway", "run", "--port", String(port), "--no-open"], env);
  let output = "";
  const listening = Promise.withResolvers<number>();
  const heard = (text: string): void => {
    output += text;
    const found = /127\.0\.0\.1:(\d+)/.exec(output)?.[1];
    if (found !== undefined) listening.resolve(Number(found));
  };
  child.stdout?.setEncoding("utf8").on("data", heard);
  child.stderr?.setEncoding("utf8").on("data", heard);
  child.once("close", () => listening.reject(new Error(`the gateway ended:\n${output}`)));
  return { child, port: await listening.promise, output: () => output };
}

async function must(command: Promise<CliResult>): Promise<void> {
  const { exitCode, stderr } = await command;
  if (exitCode !== 0) throw new Error(stderr);
}
