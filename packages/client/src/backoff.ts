/** The longest pause between two attempts, unless the gateway asks for a longer one. */
export const MAX_DELAY_MS = 10_000;
const FIRST_DELAY_MS = 500;

/** Doubles with each attempt (1, 2, …), jittered down by up to half so that many clients don't return at once. */
export function reconnectDelayMs(attempt: number, random: number = Math.random()): number {
  const full = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1));
  return Math.round(full * (1 - random / 2));
}
