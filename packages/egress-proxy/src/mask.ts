import type { Filter } from "./relay.ts";

const STAR = 42;

/** The ways in which a server may hand back a credential that it was sent. */
export function secretForms(secret: string, credential: string): readonly string[] {
  const [, encoded = ""] = /^Basic (.+)$/.exec(credential) ?? [];
  const forms = [secret, encoded, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
  return [...new Set(forms)].filter((form) => form !== "");
}

/** Each form as stars of the same length, so that lengths that were announced stay true. */
export function maskText(text: string, forms: readonly string[]): string {
  return forms.reduce((masked, form) => masked.replaceAll(form, "*".repeat(form.length)), text);
}

/** The same for a body, also where a form is cut by the end of a chunk. Only what may be its beginning is held back. */
export function maskFilter(forms: readonly string[]): Filter {
  const wanted = forms.map((form) => Buffer.from(form));
  const longest = Math.max(...wanted.map(({ length }) => length));
  let held = Buffer.alloc(0);

  const startsForm = (tail: Buffer): boolean =>
    wanted.some((form) => form.length > tail.length && form.subarray(0, tail.length).equals(tail));

  return {
    push(chunk) {
      const bytes = Buffer.concat([held, chunk]);
      for (const form of wanted) {
        for (let at = bytes.indexOf(form); at >= 0; at = bytes.indexOf(form, at))
          bytes.fill(STAR, at, at + form.length);
      }
      let keep = Math.min(longest - 1, bytes.length);
      while (keep > 0 && !startsForm(bytes.subarray(bytes.length - keep))) keep--;
      held = bytes.subarray(bytes.length - keep);
      return bytes.subarray(0, bytes.length - keep);
    },
    end: () => held,
  };
}
