/** The wait a response asks for in `Retry-After-Ms` or `Retry-After` (seconds or a date). */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now: Date): number | undefined {
  const precise = Number(headers["retry-after-ms"] ?? Number.NaN);
  if (precise >= 0) return precise;
  const text = headers["retry-after"];
  if (text === undefined || text.trim() === "") return undefined;
  const wait = Number.isNaN(Number(text)) ? Date.parse(text) - now.getTime() : Number(text) * 1000;
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}
