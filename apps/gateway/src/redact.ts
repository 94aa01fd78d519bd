/** What looks like a secret, whoever wrote it; the first group, where there is one, stays. */
const PATTERNS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi,
  /\b(?:sk|pk|rk)-[A-Za-z0-9_-]{16,}/g,
  /\b(?:xox[abeprs]|gh[opsu])[-_][A-Za-z0-9_-]{10,}/g,
  /\bgithub_pat_[A-Za-z0-9_]{20,}/g,
  /\bAKIA[A-Z0-9]{16}\b/g,
  /\bAIza[A-Za-z0-9_-]{30,}/g,
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+/g,
  /(:\/\/[^/\s:@"]*:)[^@/\s"]+(?=@)/g,
  /((?:api[_-]?key|access[_-]?token|secret|password|passwd|token)\\?["']?\s*[=:]\s*\\?["']?)[^\s"'\\,;&}]{6,}/gi,
];

export const REDACTED = "[redacted]";

/** Secrets that are remembered; every line is searched for each. The oldest are forgotten first. */
const MAX_KNOWN = 1_000;

export interface Redactor {
  /** Takes secrets out of a text: those it has learned, wherever they stand, and what looks like one. */
  readonly redact: (text: string) => string;
  /** Short ones, below 6 characters, are no secrets and would take half the words with them. */
  readonly learn: (secrets: Iterable<string>) => void;
}

export function createRedactor(): Redactor {
  let known: readonly string[] = [];
  let written: readonly string[] = [];
  return {
    redact(text) {
      let clean = text;
      for (const secret of written) clean = clean.replaceAll(secret, REDACTED);
      for (const pattern of PATTERNS) {
        clean = clean.replace(pattern, (...[, kept]) => (typeof kept === "string" ? joined(kept) : REDACTED));
      }
      return clean;
    },
    learn(secrets) {
      const fresh = [...secrets].filter((secret) => secret.length >= 6);
      known = [...new Set([...known.filter((secret) => !fresh.includes(secret)), ...fresh])].slice(-MAX_KNOWN);
      // In a line of JSON, a secret with a quote in it stands escaped.
      const forms = known.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]);
      written = [...new Set(forms)].sort((a, b) => b.length - a.length);
    },
  };
}

const joined = (kept: string): string => (/^\w+$/.test(kept) ? `${kept} ${REDACTED}` : `${kept}${REDACTED}`);

/** Values of the environment's variables that are secrets by their names, keys of model providers above all. */
export function secretVariables(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    /(KEY|TOKEN|SECRET|PASSWORD)$/.test(name) && value ? [value] : [],
  );
}
