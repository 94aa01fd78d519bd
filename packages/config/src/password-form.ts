import type { Finding } from "./issues.ts";

const FORM = /^\$scrypt\$ln=\d{1,2},r=\d{1,2},p=\d{1,2}\$[\w+/]{16,86}\$[\w+/]{43,86}$/;

/** What is wrong with a password that is meant to be a hash; `undefined` when it is one, or the password itself. */
export function hashProblem(password: string): string | undefined {
  if (!password.startsWith("$scrypt$") || FORM.test(password)) return undefined;
  return 'begins like a hash and is none, or not all of one; make a new one with "claw users password"';
}

/** Users whose password everybody can read who can read the file. */
export function plainPasswords(tree: unknown): readonly Finding[] {
  return Object.entries(fields(fields(tree)["users"])).flatMap(([id, user]): Finding[] => {
    const { password } = fields(user);
    if (typeof password !== "string" || password.startsWith("$scrypt$") || /\$\{\w+\}/.test(password)) return [];
    const message = `stands here as it is; "claw users password ${id}" writes a hash in its place`;
    return [{ path: ["users", id, "password"], target: "value", message }];
  });
}

const fields = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? { ...value } : {};
