import { distance } from "fastest-levenshtein";
import * as z from "zod";
import { type ConfigPath, formatConfigPath, valueAt } from "./config-path.ts";
import { excerpt } from "./excerpt.ts";
import { type Locate, locator } from "./locate.ts";
import { type Located, nearest, plain } from "./located.ts";
import type { ConfigProblem } from "./problem.ts";
import { isSecretPath } from "./secret.ts";

type Issue = z.core.$ZodIssue;

/** What is wrong at a path of the whole configuration. */
export interface Finding {
  readonly path: ConfigPath;
  readonly message: string;
  readonly target: "key" | "value";
}

/** What the schema found, in words. */
export function findingsOf(issues: readonly Issue[], tree: unknown, schema: z.ZodType): readonly Finding[] {
  return issues.flatMap((issue) => findings(issue, [], tree, schema));
}

/** Findings with their places in the texts; `root` is the file that includes the others. */
export async function problemsOf(findings: readonly Finding[], root: Located): Promise<readonly ConfigProblem[]> {
  const tree = plain(root);
  const locators = new Map<string, Locate>();
  const problems: ConfigProblem[] = [];
  for (const { path, message, target } of findings) {
    const { node, exact } = nearest(root, path);
    const { file } = node;
    const locate = locators.get(file.path) ?? (await locator(file.text));
    locators.set(file.path, locate);
    const place = locate(node.path, exact ? target : "value");
    const where = { path: formatConfigPath(path), ...(file === root.file ? {} : { file: file.path }) };
    if (place === undefined) {
      problems.push({ ...where, message });
      continue;
    }
    const { line, column } = place;
    const reveal = target === "key" || message.endsWith(`found ${describe(valueAt(tree, path), false)}`);
    problems.push({ ...where, message, line, column, excerpt: excerpt(file.text, { ...place, reveal }) });
  }
  const rank = ({ file, line = 0 }: ConfigProblem): number => (file === undefined ? line : Number.MAX_SAFE_INTEGER);
  return problems.sort((a, b) => rank(a) - rank(b) || (a.column ?? 0) - (b.column ?? 0));
}

function findings(issue: Issue, base: ConfigPath, tree: unknown, schema: z.ZodType): readonly Finding[] {
  const path = [...base, ...issue.path.filter((part) => typeof part !== "symbol")];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: [...path, key], target: "key", message: unknownKey(path, key, schema) }));
  }
  if (issue.code === "invalid_key") {
    const expected = issue.issues[0]?.message ?? "another name";
    return [{ path, target: "key", message: `is not a name that can stand here; expected ${expected}` }];
  }
  if (issue.code === "invalid_union") {
    const inner = issue.errors.find((branch) => !branch.some((one) => one.code === "invalid_type" && !one.path.length));
    if (inner !== undefined && typeof valueAt(tree, path) === "object") {
      return inner.flatMap((one) => findings(one, path, tree, schema));
    }
  }
  if (issue.code === "custom" && !issue.params) return [{ path, target: "value", message: issue.message }];
  // A text where an object belongs may be a secret that was put one level too high.
  const misplaced = issue.code === "invalid_type" && /^(?:object|record|array)$/.test(issue.expected);
  const found = describe(valueAt(tree, path), misplaced || isSecretPath(path));
  return [{ path, target: "value", message: `expected ${expected(issue)}, found ${found}` }];
}

function expected(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return TYPES[issue.expected] ?? issue.expected;
    case "invalid_value":
      return issue.values.map((value) => JSON.stringify(value)).join(" or ");
    case "too_small":
      return `${issue.inclusive ? "at least" : "more than"} ${issue.minimum}${UNITS[issue.origin] ?? ""}`;
    case "too_big":
      return `${issue.inclusive ? "at most" : "less than"} ${issue.maximum}${UNITS[issue.origin] ?? ""}`;
    default:
      return issue.message;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: "a text in quotes",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list in [ ]",
  object: "an object in { }",
  record: "an object in { }",
};
const UNITS: Readonly<Record<string, string>> = { string: " characters", array: " entries" };

function describe(value: unknown, secret: boolean): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  if (secret && value !== null) return typeof value === "string" ? "a text" : `a ${typeof value}`;
  if (typeof value !== "string") return String(value);
  return value.length > 60 ? `a text of ${value.length} characters` : JSON.stringify(value);
}

function unknownKey(parent: ConfigPath, key: string, schema: z.ZodType): string {
  if (parent.length === 1 && parent[0] === "channels") {
    return `no channel called "${key}" is installed; remove it`;
  }
  const known = keysAt(z.toJSONSchema(schema, { io: "input" }), parent);
  const [best] = known
    .map((name) => ({ name, edits: distance(name.toLowerCase(), key.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  if (best && best.edits <= Math.max(2, Math.floor(key.length / 3))) return `unknown key; did you mean "${best.name}"?`;
  return `unknown key; known here: ${known.join(", ")}`;
}

function keysAt(schema: z.core.JSONSchema.BaseSchema, path: ConfigPath): readonly string[] {
  const node = schema.anyOf?.find((one) => typeof one === "object" && one.type === "object") ?? schema;
  if (typeof node !== "object") return [];
  const [part, ...rest] = path;
  if (part === undefined) return Object.keys(node.properties ?? {});
  const child = typeof part === "number" ? node.items : (node.properties?.[part] ?? node.additionalProperties);
  return typeof child === "object" && !Array.isArray(child) ? keysAt(child, rest) : [];
}
