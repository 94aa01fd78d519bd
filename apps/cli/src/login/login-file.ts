import { createHash } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { DeviceStorage, StoredDevice } from "@claw/client";
import { isScope, type Scope, satisfies } from "@claw/protocol";
import { EXIT_CODES } from "../exit-codes.ts";
import { CommandError } from "../failure.ts";

/** Who this command line is to one gateway, since `claw login`. */
export interface Login {
  /** The gateway's, as it was reached. */
  readonly url: string;
  readonly user: string;
  /** What it was given, which is all that it may ask for. */
  readonly scopes: readonly Scope[];
  /** Without a token once an operator has taken it away. */
  readonly device: StoredDevice;
}

/** One file for each gateway, readable by its owner alone. */
export function loginPath(stateDir: string, url: string): string {
  const name = createHash("sha256").update(url).digest("hex").slice(0, 16);
  return join(stateDir, "cli", `${name}.json`);
}

/** Rejects where a file is there and can't be used: to go on without it would be to act as somebody else. */
export async function readLogin(path: string, url: string): Promise<Login | undefined> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw unusable(path, error);
  });
  if (text === undefined) return undefined;
  try {
    const login = JSON.parse(text);
    if (login.url !== url || typeof login.user !== "string" || typeof login.device.privateKey.d !== "string") {
      throw new TypeError("expected url, user, scopes and device");
    }
    return { ...login, scopes: login.scopes.filter(isScope) };
  } catch (cause) {
    throw unusable(path, cause);
  }
}

/** Of what a command asks for, what the login has: to ask for more would be to ask for approval. */
export function scopesWithin(login: Login, asked: readonly Scope[]): readonly Scope[] {
  return asked.filter((scope) => satisfies(login.scopes, scope));
}

/** As the gateway knows it. */
export function deviceIdOf({ device }: Login): string {
  return createHash("sha256").update(Buffer.from(device.privateKey.x, "base64url")).digest("hex");
}

export async function writeLogin(path: string, login: Login): Promise<void> {
  const { writeConfigFile } = await import("@claw/config");
  await writeConfigFile(path, `${JSON.stringify(login, undefined, 2)}\n`);
}

export const removeLogin = (path: string): Promise<void> => rm(path, { force: true });

/** The device of a login, which notes in the file when its token is gone. */
export function deviceOf(path: string, login: Login): DeviceStorage {
  return {
    load: async () => login.device,
    save: (device) => writeLogin(path, { ...login, device }),
  };
}

function unusable(path: string, cause: unknown): CommandError {
  const message = `${path} can't be used. "claw logout" removes it, "claw login" makes a new one.`;
  return new CommandError(EXIT_CODES.configuration, message, { cause });
}
