import { configJsonSchema } from "../json-schema.ts";
import type { SchemaNode } from "../look-up-schema.ts";

const HEAD = `# Configuration keys

Every key of \`openclaw.json\`, made from its schema. \`<name>\` stands for a name of your own and \`[]\` for an entry of a list.
**Restart** says that a running gateway does not take a change on; everything else counts at once. [Configuration](configuration.md)
says how to use them.
`;

/** The page of docs/ that lists every key with its values, its default and when a change counts. */
export async function keysPage(): Promise<string> {
  const { properties = {} } = await configJsonSchema();
  const sections = Object.entries(properties)
    .filter(([key]) => key !== "$schema")
    .map(([key, node]) => section(key, node));
  return `${[HEAD, ...sections].join("\n")}`;
}

function section(key: string, node: SchemaNode): string {
  const rows = rowsOf(key, node, "restart");
  const table = ["| key | value | default | change | |", "|---|---|---|---|---|", ...rows].join("\n");
  return `## ${key}\n\n${node.description ?? ""}\n\n${table}\n`;
}

function rowsOf(path: string, node: SchemaNode, around: string): readonly string[] {
  if (node["secret"] === true) return [];
  const reloadKind = String(node["reloadKind"] ?? around);
  return below(path, node).flatMap(([childPath, child]) => {
    const kind = String(child["reloadKind"] ?? reloadKind);
    const deeper = rowsOf(childPath, child, reloadKind);
    const shown = child.description === undefined && deeper.length > 0 ? [] : [row(childPath, child, kind)];
    return [...shown, ...deeper];
  });
}

function below(path: string, node: SchemaNode): readonly (readonly [string, SchemaNode])[] {
  const named = Object.entries(node.properties ?? {}).map(([key, child]) => [`${path}.${key}`, child] as const);
  const { additionalProperties: open, items } = node;
  const others = [
    ...(typeof open === "object" ? ([[`${path}.<name>`, open]] as const) : []),
    ...(items?.properties === undefined && items?.anyOf === undefined ? [] : ([[`${path}[]`, items]] as const)),
  ];
  const chosen = [...(node.anyOf ?? []), ...(node.oneOf ?? [])].flatMap((one) => below(path, one));
  const all = new Map([...named, ...others, ...chosen]);
  return [...all];
}

function row(path: string, node: SchemaNode, kind: string): string {
  const value = node["default"];
  const simple = value !== undefined && JSON.stringify(value) !== "{}" && JSON.stringify(value) !== "[]";
  const cells = [
    `\`${path}\``,
    valuesOf(node),
    simple ? `\`${JSON.stringify(value)}\`` : "",
    kind === "restart" && node.properties === undefined ? "restart" : "",
    node.description ?? "",
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function valuesOf(node: SchemaNode): string {
  if (node["secret"] === true) return "secret";
  if (Array.isArray(node["enum"])) return node["enum"].map((one) => `\`${one}\``).join(" ");
  if (node["const"] !== undefined) return `\`${node["const"]}\``;
  if (node.type === "array") return "list";
  if (node.type !== undefined) return NAMES[node.type] ?? node.type;
  const choices = [...(node.anyOf ?? []), ...(node.oneOf ?? [])].map(valuesOf);
  return [...new Set(choices)].join(" or ");
}

const NAMES: Readonly<Record<string, string>> = { string: "text", integer: "whole number" };
