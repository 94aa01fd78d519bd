import { ClawError } from "./errors.ts";
import type { Sandbox, SandboxErrorCode } from "./sandbox.ts";

/** Where the files of `SandboxSpec.secrets` lie: a directory in memory that only the sandbox's user can open. */
export const SECRETS_DIRECTORY = "/run/secrets";

const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/;

/**
 * Writes the files of a new sandbox, whose provider made the directory, through the stdin of a command, and tells the
 * model of them. Rejects with `SANDBOX_UNAVAILABLE` when one can't be written.
 */
export async function withSecrets(sandbox: Sandbox, secrets: Readonly<Record<string, string>> = {}): Promise<Sandbox> {
  const names = Object.keys(secrets);
  if (names.length === 0) return sandbox;
  for (const name of names) {
    const path = `${SECRETS_DIRECTORY}/${name}`;
    const written = NAME.test(name)
      ? await sandbox.run(`umask 077; cat > ${path}`, { stdin: secrets[name] ?? "" })
      : undefined;
    if (written?.exitCode !== 0) {
      throw new ClawError<SandboxErrorCode>("SANDBOX_UNAVAILABLE", `${path} can't be written in the sandbox`);
    }
  }
  return tellSecrets(sandbox, secrets);
}

/** Tells the model of secrets that are in a sandbox already. */
export function tellSecrets(sandbox: Sandbox, secrets: Readonly<Record<string, string>>): Sandbox {
  const names = Object.keys(secrets);
  if (names.length === 0) return sandbox;
  const told = `Secrets are the files ${names.join(", ")} in ${SECRETS_DIRECTORY}: have programs read them there, and never print them.`;
  return { ...sandbox, description: `${sandbox.description} ${told}` };
}
