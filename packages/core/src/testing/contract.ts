/** One promise an adapter makes. Data, so that any runner can run it. */
export interface ContractCase {
  readonly name: string;
  /** Why this adapter cannot keep it; the runner reports the case as skipped with this reason. */
  readonly skip?: string;
  readonly run: () => Promise<void>;
}

/** Case names an adapter can't pass, each with its reason. */
export type Skips = Readonly<Record<string, string>>;

/** Marks skipped cases; an unknown name in `skips` throws, so that a renamed case is noticed. */
export function withSkips(
  cases: readonly { readonly name: string; readonly run: () => Promise<void> }[],
  skips: Skips = {},
): readonly ContractCase[] {
  for (const name of Object.keys(skips)) {
    if (!cases.some((one) => one.name === name)) throw new Error(`no contract case is named "${name}"`);
  }
  return cases.map((one) => ({ ...one, ...(skips[one.name] === undefined ? {} : { skip: skips[one.name] }) }));
}
