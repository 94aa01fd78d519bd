import { loadConfig, readGatewayToken, resolvePaths, rotateGatewayToken } from "@claw/config";
import { EXIT_CODES } from "../exit-codes.ts";
import { CommandError } from "../failure.ts";
import type { StateFlags } from "../gateway-flags.ts";
import { locateGateway } from "../locate-gateway.ts";
import { note, paint, print } from "../output.ts";
import { readSecret } from "../read-secret.ts";
import { duration } from "../text.ts";

export async function showToken(flags: StateFlags): Promise<void> {
  const { token, configPath } = await locateGateway(flags);
  if (token !== undefined) return print(token);
  throw new CommandError(
    EXIT_CODES.failed,
    `There is no token to show: the gateway makes one at its first start, unless ${configPath} says otherwise.`,
  );
}

export async function rotateToken({ overlap, ...flags }: StateFlags & { readonly overlap: string }): Promise<void> {
  const overlapMs = parseDuration(overlap);
  const { stateDir, configPath } = resolvePaths({ env: process.env, flags });
  await refuseForeignToken(configPath);
  const had = await readGatewayToken(stateDir).catch(() => undefined);
  const { token } = await rotateGatewayToken({ stateDir, now: new Date(), overlapMs });
  print(token);
  const after = overlapMs === 0 ? "ends now" : `works for ${duration(overlapMs)} more`;
  if (had !== undefined) note(`${paint("green", "✓", process.stderr)} rotated; the token before ${after}`);
}

/** Only what Claw made can be replaced by it: the other places are their owner's. */
async function refuseForeignToken(configPath: string): Promise<void> {
  const env = ["CLAW_GATEWAY_TOKEN", "OPENCLAW_GATEWAY_TOKEN"].find((name) => process.env[name]);
  if (env !== undefined)
    throw foreign(`${env} holds the token`, "Change it there, or unset it and restart the gateway");
  const { auth } = (await loadConfig({ path: configPath, env: process.env }).catch(missing)).config.gateway;
  if (auth.mode !== "token" && auth.mode !== "trusted-proxy")
    throw foreign(`gateway.auth.mode is ${auth.mode}`, "There is no token to rotate");
  if (auth.token !== undefined) {
    throw foreign(
      `gateway.auth.token in ${configPath} holds the token`,
      'Change it there, or let Claw keep one: "claw config unset gateway.auth.token", then restart the gateway',
    );
  }
}

/** Where there is no file, Claw makes the token. */
function missing(error: unknown): { readonly config: { readonly gateway: { readonly auth: Auth } } } {
  if (error instanceof Error && "code" in error && error.code === "CONFIG_MISSING") {
    return { config: { gateway: { auth: { mode: "token" } } } };
  }
  throw error;
}

interface Auth {
  readonly mode: string;
  readonly token?: string;
}

function foreign(why: string, what: string): CommandError {
  return new CommandError(EXIT_CODES.configuration, `${why}. ${what}.`);
}

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const MAX_OVERLAP_MS = 7 * 86_400_000;

/** Milliseconds in `90s`, `10m`, `2h`, `1d` or `0`. */
export function parseDuration(text: string): number {
  const [, digits, unit] = /^(\d{1,6})([smhd])$/.exec(text.trim()) ?? [];
  const found = text.trim() === "0" ? 0 : Number(digits) * (UNITS[unit ?? ""] ?? Number.NaN);
  if (found <= MAX_OVERLAP_MS) return found;
  throw new CommandError(
    EXIT_CODES.usage,
    `--overlap: expected a time like 30s, 10m or 2h, at most 7d, found "${text}".`,
  );
}

export async function hashSecret(): Promise<void> {
  const secret = await readSecret("Password (not shown)");
  print(await (await import("@claw/gateway")).hashPassword(secret));
}
