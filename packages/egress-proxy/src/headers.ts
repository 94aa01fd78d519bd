/** As Node takes them: a header that came several times has several values. */
export type HeaderValues = Readonly<Record<string, string[]>>;

/** Of one connection, not of the message; RFC 9110, section 7.6.1, and what old clients send. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "expect",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** What is passed on of the headers of a message. */
export function endToEndHeaders(rawHeaders: readonly string[], except: ReadonlySet<string> = new Set()): HeaderValues {
  const pairs = Array.from({ length: rawHeaders.length / 2 }, (_, index) => {
    return [(rawHeaders[2 * index] ?? "").toLowerCase(), rawHeaders[2 * index + 1] ?? ""] as const;
  });
  const named = new Set(
    pairs.flatMap(([name, value]) =>
      name === "connection" ? value.split(",").map((one) => one.trim().toLowerCase()) : [],
    ),
  );
  const passed = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    if (HOP_BY_HOP.has(name) || named.has(name) || except.has(name)) continue;
    passed.set(name, [...(passed.get(name) ?? []), value]);
  }
  // Not a literal: a header may be called __proto__.
  return Object.fromEntries(passed);
}

export function bytesOf(rawHeaders: readonly string[]): number {
  return rawHeaders.reduce((sum, text) => sum + text.length + 2, 0);
}
