import { change } from "../config/config-commands.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { CommandError } from "../failure.ts";
import type { StateFlags } from "../gateway-flags.ts";
import { print } from "../output.ts";
import { readSecret } from "../read-secret.ts";

/** NIST SP 800-63B asks for no less. */
const MIN_LENGTH = 8;

/** Writes the hash of a new password into the configuration, or prints it when no user is named. */
export async function setPassword(user: string | undefined, flags: StateFlags): Promise<void> {
  if (user !== undefined && !/^[a-z0-9][a-z0-9_-]{0,63}$/.test(user)) {
    throw new CommandError(EXIT_CODES.usage, `expected the id of a user, like ada, found "${user}".`);
  }
  const password = await readSecret("New password (not shown)");
  if (password.length < MIN_LENGTH) {
    throw new CommandError(EXIT_CODES.usage, `Expected at least ${MIN_LENGTH} characters, found ${password.length}.`);
  }
  const hash = await (await import("@claw/gateway")).hashPassword(password);
  if (user === undefined) print(hash);
  else await change(`users.${user}.password`, hash, flags);
}
