import type { Session } from "@claw/core";

/** What a session spent, in one line. */
export function usageLine(session: Session | undefined): string {
  const { inputTokens = 0, outputTokens = 0, cacheReadTokens = 0 } = session?.usage ?? {};
  const cached = cacheReadTokens === 0 ? "" : `, ${tokens(cacheReadTokens)} of them from a cache`;
  return `Tokens of this session: ${tokens(inputTokens)} in${cached}; ${tokens(outputTokens)} out.`;
}

/** `1234567` as `1.2M`. */
export function tokens(count: number): string {
  if (count < 1_000) return String(count);
  if (count < 1_000_000) return `${Number((count / 1_000).toFixed(1))}k`;
  return `${Number((count / 1_000_000).toFixed(1))}M`;
}
