import { malformed } from "./refusal.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const MAX_DEPTH = 16;
/** Strings, each with the colon that makes it a key, and what opens and closes. */
const TOKENS = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[{}[\]]/g;
const PLAIN_KEY = /^[\x20-\x7e]{1,256}$/;

/**
 * One JSON document that every parser reads alike. Go's takes keys in any case, with letters that merely fold to ASCII,
 * and merges duplicates, where JavaScript's shows the last one alone.
 */
export function parseStrictJson(bytes: Uint8Array): Json {
  let text: string;
  let value: Json;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw malformed("body.utf-8", "the body is not UTF-8");
  }
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed("body.json", "the body is not one JSON document");
  }
  assertPlainKeys(text);
  return value;
}

/** For text that `JSON.parse` took: what stands before a colon is a key, and brackets match. */
function assertPlainKeys(text: string): void {
  const open: Set<string>[] = [];
  for (const [token, string, colon] of text.matchAll(TOKENS)) {
    if (string === undefined) {
      if (token === "}" || token === "]") open.pop();
      else if (open.push(new Set()) > MAX_DEPTH)
        throw malformed("body.depth", `the body is nested over ${MAX_DEPTH} deep`);
    } else if (colon !== undefined) {
      const key: string = JSON.parse(string);
      if (!PLAIN_KEY.test(key)) throw malformed("body.keys", "a key of the body is not plain ASCII");
      const keys = open.at(-1);
      if (keys?.has(key.toLowerCase()))
        throw malformed("body.keys", "a key of the body is there twice, or in two cases");
      keys?.add(key.toLowerCase());
    }
  }
}
