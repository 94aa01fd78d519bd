#!/usr/bin/env node
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { ClawError, type Logger } from "@claw/core";
import { readConfig } from "./config-file.ts";
import { serveTenants } from "./serve-tenants.ts";

const HELP = `Offers the Docker engine to tenants, each within a policy of its own.

Usage: docker-proxy --config <file> [--check]

  --config <file>  what each tenant may do, as JSON; the README describes it
  --check          only say whether the file is right
  --version        print the version
  --help           print this

Decisions and refusals are lines of JSON on standard output. It ends at SIGINT and SIGTERM.
Exit codes: 0 done, 1 it can't listen, 2 the command line is wrong, 78 the file is wrong.`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      config: { type: "string" },
      check: { type: "boolean" },
      version: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help === true) return say(HELP);
  if (values.version === true) {
    return say(JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8")).version);
  }
  if (values.config === undefined) throw new TypeError("--config <file> is missing; --help describes it");
  const config = await readConfig(resolve(values.config));
  if (values.check === true)
    return say(`${values.config} is right; tenants: ${config.tenants.map(({ name }) => name).join(", ")}`);

  await using _tenants = await serveTenants(config, log);
  await new Promise((done) => process.once("SIGINT", done).once("SIGTERM", done));
  return 0;
}

const line =
  (level: string) =>
  (message: string, fields: object = {}) => {
    process.stdout.write(`${JSON.stringify({ time: new Date(), level, message, ...fields })}\n`);
  };
// Who reads the log may go away; tenants stay.
process.stdout.on("error", () => {});
const log: Logger = { debug() {}, info: line("info"), warn: line("warn"), error: line("error") };

function say(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`docker-proxy: ${error instanceof Error ? error.message : String(error)}\n`);
  if (ClawError.is(error)) return error.code === "DOCKER_PROXY_OPTIONS_INVALID" ? 78 : 1;
  return error instanceof TypeError ? 2 : 1;
});
