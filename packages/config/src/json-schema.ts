import type { ConfigPath } from "./config-path.ts";
import type { SchemaNode } from "./look-up-schema.ts";
import { reloadKindOf } from "./reload-kind.ts";

let made: Promise<SchemaNode> | undefined;

/**
 * JSON Schema (draft 7, which editors read) of the configuration file, with every default and description; `reloadKind`
 * says where it changes whether a running gateway takes a change on. Made once.
 */
export function configJsonSchema(): Promise<SchemaNode> {
  made ??= make();
  return made;
}

async function make(): Promise<SchemaNode> {
  const [z, { buildSchema }] = await Promise.all([import("zod"), import("./schema.ts")]);
  const schema = buildSchema(({ id }) => ({ text: id }));
  const tree = z.toJSONSchema(schema, { io: "input", target: "draft-7" }) as SchemaNode;
  return { ...annotated(tree, [], "restart"), title: "openclaw.json" };
}

/** With `reloadKind` wherever it is another than around it. */
function annotated(node: SchemaNode, path: ConfigPath, around: string): SchemaNode {
  const reloadKind = path.length === 0 ? around : reloadKindOf(path);
  const below = (child: SchemaNode, part: string | number) => annotated(child, [...path, part], reloadKind);
  const { properties, items, additionalProperties } = node;
  return {
    ...node,
    ...(reloadKind === around ? {} : { reloadKind }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([key, child]) => [key, below(child, key)])),
    }),
    ...(items && { items: below(items, 0) }),
    ...(typeof additionalProperties === "object" && { additionalProperties: below(additionalProperties, "*") }),
  };
}
