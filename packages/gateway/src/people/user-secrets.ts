import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

interface Secrets {
  readonly token?: string;
  readonly password?: string;
}

interface Found {
  readonly user: string;
  /** Another one after the secret was changed; says nothing about it. */
  readonly credential: string;
}

/** Of this process, so that what is made of a secret with it can't be used to guess the secret. */
const KEY = randomBytes(32);
const digest = (text: string): Buffer => createHmac("sha256", KEY).update(text).digest();

/** The secrets of all users. A secret is compared with every one of them, so that time tells nothing. */
export function userSecrets(users: Readonly<Record<string, Secrets>>) {
  const entries = Object.entries(users).flatMap(([user, { token, password }]) =>
    [token, password]
      .filter((secret) => secret !== undefined)
      .map((secret) => ({ user, expected: digest(secret), credential: credentialOf(user, secret) })),
  );
  return {
    find(shown: string): Found | undefined {
      const given = digest(shown);
      let found: Found | undefined;
      for (const { user, expected, credential } of entries) {
        if (timingSafeEqual(given, expected)) found = { user, credential };
      }
      return found;
    },
    has: (user: string, credential: string): boolean =>
      entries.some((entry) => entry.user === user && entry.credential === credential),
  };
}

function credentialOf(user: string, secret: string): string {
  return `user:${user}:${digest(`credential ${secret}`).toString("hex").slice(0, 8)}`;
}
