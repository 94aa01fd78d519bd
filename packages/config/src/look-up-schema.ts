import { type ConfigPath, formatConfigPath } from "./config-path.ts";
import { configJsonSchema } from "./json-schema.ts";
import { type ReloadKind, reloadKindOf } from "./reload-kind.ts";

/** A node of the JSON Schema. */
export interface SchemaNode {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly [keyword: string]: unknown;
}

export interface SchemaLookup {
  readonly path: string;
  /** Without what is below it. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly reloadKind: ReloadKind;
  readonly hint: { readonly label: string; readonly help?: string };
  readonly hintPath: string;
  readonly children: readonly SchemaChild[];
}

export interface SchemaChild {
  readonly key: string;
  readonly path: string;
  readonly type?: string;
  readonly required: boolean;
  readonly hasChildren: boolean;
  readonly reloadKind: ReloadKind;
  readonly hint: { readonly label: string; readonly help?: string };
}

/** What the schema says about one path; `undefined` when there is no such key. The root is the empty path. */
export async function lookUpSchema(path: ConfigPath): Promise<SchemaLookup | undefined> {
  const node = nodeAt(await configJsonSchema(), path);
  if (node === undefined) return undefined;
  const { properties, items, additionalProperties, anyOf, oneOf, $schema, title, ...schema } = node;
  const text = formatConfigPath(path);
  return {
    path: text,
    schema,
    reloadKind: reloadKindOf(path),
    hint: hintOf(String(path.at(-1) ?? "openclaw.json"), node),
    hintPath: text,
    children: childrenOf(node).map(([key, child, required]) => ({
      key,
      path: key === "*" ? `${text}.*` : formatConfigPath([...path, key]),
      ...(child.type === undefined ? {} : { type: child.type }),
      required,
      hasChildren: childrenOf(child).length > 0,
      reloadKind: reloadKindOf([...path, key]),
      hint: hintOf(key, child),
    })),
  };
}

function nodeAt(node: SchemaNode, [part, ...rest]: ConfigPath): SchemaNode | undefined {
  if (part === undefined) return node;
  const child = objectOf(node)
    .map((one) => childOf(one, part))
    .find((one) => one !== undefined);
  return child && nodeAt(child, rest);
}

function childOf(node: SchemaNode, part: string | number): SchemaNode | undefined {
  if (typeof part === "number") return node.items;
  if (node.properties !== undefined && Object.hasOwn(node.properties, part)) return node.properties[part];
  return typeof node.additionalProperties === "object" ? node.additionalProperties : undefined;
}

function childrenOf(node: SchemaNode): readonly (readonly [key: string, child: SchemaNode, required: boolean])[] {
  return objectOf(node).flatMap(({ properties = {}, required = [], additionalProperties, items }) => {
    const open = typeof additionalProperties === "object" ? additionalProperties : items;
    const named = Object.entries(properties).map(([key, child]) => [key, child, required.includes(key)] as const);
    return open === undefined ? named : [...named, ["*", open, false] as const];
  });
}

/** The node, and where it is a choice what can be chosen. */
function objectOf(node: SchemaNode): readonly SchemaNode[] {
  return [node, ...[...(node.anyOf ?? []), ...(node.oneOf ?? [])].flatMap(objectOf)];
}

function hintOf(key: string, { description }: SchemaNode): SchemaLookup["hint"] {
  const words = key.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  const label = `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
  return { label, ...(description === undefined ? {} : { help: description }) };
}
