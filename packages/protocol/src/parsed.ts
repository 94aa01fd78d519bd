/** What a parser returns: the value, or a sentence about what was expected and found. Parsers here never throw. */
export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly message: string };
