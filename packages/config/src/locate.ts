import type { ElementNode, MemberNode, ValueNode } from "@humanwhocodes/momoa";
import type { ConfigPath } from "./config-path.ts";

interface Place {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** UTF-16 units on that line. */
  readonly length: number;
}

/** Finds where a key or a value stands in the text; the nearest thing around it when it is not there itself. */
export type Locate = (path: ConfigPath, target: "key" | "value") => Place | undefined;

/** Loads the position-keeping parser, which only errors need. Finds nothing in a text that parser can't read. */
export async function locator(text: string): Promise<Locate> {
  const { parse } = await import("@humanwhocodes/momoa");
  let root: ValueNode;
  try {
    root = parse(text, { mode: "json5" }).body;
  } catch {
    return () => undefined;
  }
  return (path, target) => {
    let node = root;
    let found: Pick<ValueNode, "loc"> = root;
    for (const part of path) {
      const member = memberOf(node, part);
      if (member === undefined) break;
      node = member.value;
      found = target === "key" && member.type === "Member" ? member.name : node;
    }
    const { start, end } = found.loc;
    return { line: start.line, column: start.column, length: end.line === start.line ? end.offset - start.offset : 1 };
  };
}

/** The member or element called `part`; of members that repeat a name the last, which is the one that counts. */
export function memberOf(node: ValueNode, part: string | number): MemberNode | ElementNode | undefined {
  if (node.type === "Array") return node.elements[Number(part)];
  if (node.type !== "Object") return undefined;
  return node.members.findLast(({ name }) => (name.type === "String" ? name.value : name.name) === part);
}
