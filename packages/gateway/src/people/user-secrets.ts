import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { isPasswordHash, verifyPassword } from "../auth/password-hash.ts";
import type { VerifySecret } from "../auth.ts";

interface Secrets {
  readonly token?: string;
  /** The password itself, or its hash. */
  readonly password?: string;
}

interface FoundUser {
  readonly user: string;
  /** Another one after the secret was changed; says nothing about it. */
  readonly credential: string;
}

export interface UserSecrets {
  /** By a secret alone, which can't be one that is kept as a hash. */
  find(shown: string): FoundUser | undefined;
  /** By a user's id and a secret of theirs. Takes no less time for a user that does not exist. */
  check(user: string, shown: string): Promise<FoundUser | undefined>;
  /** Whether a credential is one that the user still has. */
  has(user: string, credential: string): boolean;
}

/** Of this process, so that what is made of a secret with it can't be used to guess the secret. */
const KEY = randomBytes(32);
const digest = (text: string): Buffer => createHmac("sha256", KEY).update(text).digest();

/** Of no password. */
const NOBODYS: VerifySecret = verifyPassword(`$scrypt$ln=15,r=8,p=3$${"A".repeat(22)}$${"A".repeat(43)}`);

/** The secrets of all users. A secret is compared with every one of them, so that time tells nothing. */
export function userSecrets(users: Readonly<Record<string, Secrets>>): UserSecrets {
  const all = Object.entries(users).flatMap(([user, { token, password }]) =>
    [token, password]
      .filter((secret) => secret !== undefined)
      .map((secret) => ({
        user,
        secret,
        credential: credentialOf(user, secret),
        isHash: secret === password && isPasswordHash(secret),
      })),
  );
  const plain = all.filter(({ isHash }) => !isHash).map((one) => ({ ...one, expected: digest(one.secret) }));
  const hashed = new Map(
    all
      .filter(({ isHash }) => isHash)
      .map(({ user, secret, credential }) => [user, verifyPassword(secret, credential)]),
  );

  function find(shown: string, owner?: string): FoundUser | undefined {
    const given = digest(shown);
    let found: FoundUser | undefined;
    for (const { user, expected, credential } of plain) {
      if (timingSafeEqual(given, expected) && (owner === undefined || owner === user)) found = { user, credential };
    }
    return found;
  }

  return {
    find: (shown) => find(shown),
    async check(user, shown) {
      const known = find(shown, user);
      if (known !== undefined) return known;
      const credential = await (hashed.get(user) ?? NOBODYS)(shown);
      return credential === undefined ? undefined : { user, credential };
    },
    has: (user, credential) => all.some((one) => one.user === user && one.credential === credential),
  };
}

function credentialOf(user: string, secret: string): string {
  return `user:${user}:${digest(`credential ${secret}`).toString("hex").slice(0, 8)}`;
}
