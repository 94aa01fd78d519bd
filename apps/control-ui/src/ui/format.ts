/** A duration as short as it reads well: `0.4 ms`, `38 ms`, `1.24 s`, `2 min 5 s`. */
export function formatMs(milliseconds: number): string {
  if (milliseconds < 10) return `${trim(milliseconds.toFixed(1))} ms`;
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 9_995) return `${trim((milliseconds / 1_000).toFixed(2))} s`;
  if (milliseconds < 59_950) return `${trim((milliseconds / 1_000).toFixed(1))} s`;
  const seconds = Math.round(milliseconds / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function trim(number: string): string {
  return number.replace(/\.0+$/, "");
}

const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

/** How long ago, in one word where there is one: `now`, `5 min. ago`, `yesterday`; a date after a week. */
export function formatAgo(atMs: number, nowMs: number, locale?: string): string {
  const agoMs = Math.max(0, nowMs - atMs);
  if (agoMs >= 7 * 86_400_000)
    return new Date(atMs).toLocaleDateString(locale, { day: "numeric", month: "short", year: "numeric" });
  for (const [unit, lengthMs] of UNITS) {
    if (agoMs < lengthMs) continue;
    const count = -Math.floor(agoMs / lengthMs);
    return new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" }).format(count, unit);
  }
  return "now";
}

export function formatCount(count: number, noun: string): string {
  return `${count.toLocaleString()} ${noun}${count === 1 ? "" : "s"}`;
}

/** A number of tokens in two or three digits: `950`, `1.2k`, `128k`, `1M`. */
export function formatTokens(count: number): string {
  const [value, unit] = count < 1_000 ? [count, ""] : count < 999_500 ? [count / 1_000, "k"] : [count / 1_000_000, "M"];
  return `${value < 100 ? Number(value.toFixed(1)) : Math.round(value)}${unit}`;
}
