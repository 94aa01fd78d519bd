import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { gatewayFiles } from "./gateway-files.ts";
import { ConfigError } from "./problem.ts";
import { writeConfigFile } from "./write-config-file.ts";

/** The token that Claw made for a state directory, and those before it that still work. */
export interface GatewayToken {
  /** Names it in the audit and to revoke it; says nothing of the token. */
  readonly id: string;
  readonly token: string;
  readonly createdAt: Date;
  /** Newest first, without their text: a hash of 32 random bytes can't be guessed from. */
  readonly previous: readonly PreviousToken[];
}

export interface PreviousToken {
  readonly id: string;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly expiresAt: Date;
}

export interface RotateOptions {
  readonly stateDir: string;
  readonly now: Date;
  /** How long the token before still works; 0 ends it at once. No token before it outlasts this. */
  readonly overlapMs: number;
}

/** `undefined` when none was made yet. Rejects with `CONFIG_INVALID` on a file that is something else. */
export async function readGatewayToken(stateDir: string): Promise<GatewayToken | undefined> {
  const path = gatewayFiles(stateDir).token;
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw unusable("CONFIG_UNREADABLE", path, `it can't be read: ${error.code ?? "unknown error"}`, error);
  });
  if (text === undefined) return undefined;
  try {
    return parse(JSON.parse(text));
  } catch (cause) {
    const message = 'it is damaged; run "claw token rotate --overlap 0" to make a new token';
    throw unusable("CONFIG_INVALID", path, message, cause);
  }
}

/** Makes a new token, the first as well, and resolves once it can't be lost. */
export async function rotateGatewayToken({ stateDir, now, overlapMs }: RotateOptions): Promise<GatewayToken> {
  const before = overlapMs > 0 ? await readGatewayToken(stateDir) : undefined;
  const latest = new Date(now.getTime() + overlapMs);
  const outgoing = before === undefined ? [] : [{ id: before.id, sha256: sha256(before.token), expiresAt: latest }];
  const older = (before?.previous ?? [])
    .filter(({ expiresAt }) => expiresAt > now)
    .map((one) => ({ ...one, expiresAt: one.expiresAt < latest ? one.expiresAt : latest }));
  const next: GatewayToken = {
    id: randomBytes(4).toString("hex"),
    token: randomBytes(32).toString("base64url"),
    createdAt: now,
    previous: [...outgoing, ...older].slice(0, MAX_PREVIOUS),
  };
  await writeConfigFile(gatewayFiles(stateDir).token, `${JSON.stringify(next, undefined, 2)}\n`);
  return next;
}

const MAX_PREVIOUS = 32;

function parse(value: unknown): GatewayToken {
  const { id, token, createdAt, previous } = value as Record<string, unknown>;
  if (typeof token !== "string" || token === "" || !Array.isArray(previous)) throw new TypeError("not a token file");
  return { id: String(id), token, createdAt: date(createdAt), previous: previous.map(parsePrevious) };
}

function parsePrevious(value: unknown): PreviousToken {
  const { id, sha256: hash, expiresAt } = value as Record<string, unknown>;
  if (!/^[0-9a-f]{64}$/.test(String(hash))) throw new TypeError("not a token file");
  return { id: String(id), sha256: String(hash), expiresAt: date(expiresAt) };
}

function date(value: unknown): Date {
  const found = new Date(String(value));
  if (Number.isNaN(found.getTime())) throw new TypeError("not a token file");
  return found;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function unusable(
  code: "CONFIG_INVALID" | "CONFIG_UNREADABLE",
  path: string,
  message: string,
  cause: unknown,
): ConfigError {
  return new ConfigError(code, path, [{ path: "", message }], { cause });
}
