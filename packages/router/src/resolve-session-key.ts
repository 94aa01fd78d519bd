import { formatSessionKey, parseSessionKey } from "./session-key.ts";

/**
 * The one spelling of a session key that a client sent: a full key in any case, or what follows `agent:<id>:` alone
 * (`main`, `my-notes`), which then belongs to the default agent. Idempotent. Throws `ROUTER_SESSION_KEY`.
 */
export function resolveSessionKey(input: string, { defaultAgent }: { readonly defaultAgent: string }): string {
  const text = input.trim();
  return formatSessionKey(parseSessionKey(/^agent:/i.test(text) ? text : `agent:${defaultAgent}:${text}`));
}
