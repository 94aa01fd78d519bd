/** What a configuration file says, or a part of it. */
export type Tree = Readonly<Record<string, unknown>>;

/** Sets keys of what a file says of an agent, and takes those out that are `null`. */
export function withAgent(file: Tree, id: string, changes: Tree): Tree {
  const { list, entries } = sections(file);
  const changed = (entry: Tree): Tree =>
    Object.fromEntries(
      Object.entries({ ...entry, ...changes }).filter(([, value]) => value !== null && value !== undefined),
    );
  if (Object.hasOwn(entries, id)) {
    return withSections(file, { entries: { ...entries, [id]: changed(tree(entries[id])) } });
  }
  const known = list.some((one) => one["id"] === id);
  return withSections(file, {
    list: known ? list.map((one) => (one["id"] === id ? changed(one) : one)) : [...list, changed({ id })],
  });
}

/** The file without an agent and without the bindings that lead to it; `undefined` when it says nothing of it. */
export function withoutAgent(
  file: Tree,
  id: string,
): { readonly file: Tree; readonly removedBindings: number } | undefined {
  const { list, entries } = sections(file);
  const listed = list.filter((one) => one["id"] !== id);
  const { [id]: _, ...others } = entries;
  const isEntry = Object.hasOwn(entries, id);
  if (!isEntry && listed.length === list.length) return undefined;
  const rest = withSections(file, isEntry ? { entries: others } : { list: listed });
  const bindings = trees(file["bindings"]);
  const kept = bindings.filter((binding) => binding["agentId"] !== id);
  const removedBindings = bindings.length - kept.length;
  return { file: removedBindings === 0 ? rest : { ...rest, bindings: kept }, removedBindings };
}

function sections(file: Tree): { readonly list: readonly Tree[]; readonly entries: Tree } {
  const { list, entries } = tree(file["agents"]);
  return { list: trees(list), entries: tree(entries) };
}

function withSections(file: Tree, changed: Tree): Tree {
  return { ...file, agents: { ...tree(file["agents"]), ...changed } };
}

const tree = (value: unknown): Tree => (typeof value === "object" && value !== null ? (value as Tree) : {});
const trees = (value: unknown): readonly Tree[] => (Array.isArray(value) ? value : []);
