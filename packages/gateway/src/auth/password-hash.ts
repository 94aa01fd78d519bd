import { createHash, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { ClawError } from "@claw/core";
import type { VerifySecret } from "../auth.ts";
import type { GatewayErrorCode } from "../errors.ts";

type Scrypt = (secret: string, salt: Buffer, length: number, cost: Cost & { maxmem: number }) => Promise<Buffer>;
const derive = oneAtATime(promisify(scrypt) as Scrypt);

interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** OWASP's choice for 32 MiB, about 0.15 s on a small server. */
const COST: Cost = { N: 2 ** 15, r: 8, p: 3 };
const MAX_COST: Cost = { N: 2 ** 17, r: 16, p: 16 };
const FORM = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w+/]{16,86})\$([\w+/]{43,86})$/;

/** Whether a configured secret is a hash rather than the secret itself. */
export const isPasswordHash = (text: string): boolean => text.startsWith("$scrypt$");

/** `$scrypt$ln=15,r=8,p=3$<salt>$<hash>`, to stand in the configuration instead of the password. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, 32, { ...COST, maxmem: memoryFor(COST) });
  const text = (bytes: Buffer): string => bytes.toString("base64").replace(/=+$/, "");
  return `$scrypt$ln=${Math.log2(COST.N)},r=${COST.r},p=${COST.p}$${text(salt)}$${text(hash)}`;
}

/** Verifies against a hash. Guesses, at all hashes, are worked out one at a time. Throws `GATEWAY_PASSWORD_HASH` on one that it can't read. */
export function verifyPassword(hash: string, credential = "gateway-password"): VerifySecret {
  const { cost, salt, expected } = parse(hash);
  // What was right once is not worked out again for every request.
  let right: Buffer | undefined;

  async function isRight(shown: string): Promise<boolean> {
    const digest = createHash("sha256").update(shown).digest();
    if (right !== undefined && timingSafeEqual(digest, right)) return true;
    const found = await derive(shown, salt, expected.length, { ...cost, maxmem: memoryFor(cost) });
    if (!timingSafeEqual(found, expected)) return false;
    right = digest;
    return true;
  }

  return async (shown) => ((await isRight(shown)) ? credential : undefined);
}

/** A flood of guesses waits here, instead of taking all threads that also read files. */
function oneAtATime<Values extends readonly unknown[], Result>(
  work: (...values: Values) => Promise<Result>,
): (...values: Values) => Promise<Result> {
  let turn: Promise<unknown> = Promise.resolve();
  return (...values) => {
    const result = turn.then(() => work(...values));
    turn = result.catch(() => {});
    return result;
  };
}

function parse(text: string): { readonly cost: Cost; readonly salt: Buffer; readonly expected: Buffer } {
  const [, ln = "", r = "", p = "", salt = "", hash = ""] = FORM.exec(text) ?? [];
  const cost = { N: 2 ** Number(ln), r: Number(r), p: Number(p) };
  const isPossible = cost.N >= 2 ** 14 && cost.r > 0 && cost.p > 0;
  if (!isPossible || cost.N > MAX_COST.N || cost.r > MAX_COST.r || cost.p > MAX_COST.p) {
    throw new ClawError<GatewayErrorCode>(
      "GATEWAY_PASSWORD_HASH",
      'expected a password hash like "$scrypt$ln=15,r=8,p=3$…$…"; make one with "claw token hash"',
    );
  }
  return { cost, salt: Buffer.from(salt, "base64"), expected: Buffer.from(hash, "base64") };
}

const memoryFor = ({ N, r, p }: Cost): number => 128 * r * (N + p) * 2;
