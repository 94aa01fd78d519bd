import { z } from "zod";
import { FOREIGN } from "../params.ts";
import { code, table } from "./markdown.fixture.ts";

type Schema = z.core.JSONSchema.JSONSchema;

/** What a method takes: a table, and a line about the keys that are known only to be refused. */
export function paramsOf(params: z.ZodObject): string {
  const foreign = Object.keys(params.shape).filter((name) => params.shape[name] === FOREIGN);
  const rows = rowsOf(z.toJSONSchema(params, { io: "input" }), "", foreign);
  return [
    rows.length === 0 ? "No params." : table(["param", "type", "required", ""], rows),
    ...(foreign.length === 0
      ? []
      : [`Known from stock clients, refused by name unless empty: ${foreign.map(code).join(", ")}.`]),
  ].join("\n\n");
}

/** An object's keys, those of objects in it as `outer.inner`. */
function rowsOf(schema: Schema, path: string, without: readonly string[] = []): readonly (readonly string[])[] {
  const { properties = {}, required = [] } = schema;
  return Object.entries(properties)
    .filter(([name]) => !without.includes(name))
    .flatMap(([name, of]) => {
      if (typeof of !== "object") return [];
      const text = [of.description, limitsOf(of)].filter(Boolean).join(" ");
      const own = [code(`${path}${name}`), typeOf(of), required.includes(name) ? "yes" : "", text];
      return [own, ...rowsOf(of, `${path}${name}.`)];
    });
}

function typeOf(schema: Schema): string {
  const { type, anyOf, items, enum: values } = schema;
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (values !== undefined) return values.map((value) => code(JSON.stringify(value))).join(" or ");
  if (anyOf !== undefined) return anyOf.map((part) => (typeof part === "object" ? typeOf(part) : "any")).join(" or ");
  if (type === "array") return `array of ${typeof items === "object" && !Array.isArray(items) ? typeOf(items) : "any"}`;
  return typeof type === "string" ? type : "any";
}

function limitsOf({ type, minLength, maxLength, minimum, maximum, maxItems }: Schema): string {
  const range = (low: number | undefined, high: number | undefined, unit: string): string => {
    if (high === undefined || high === Number.MAX_SAFE_INTEGER) return low ? `At least ${show(low)}${unit}.` : "";
    return low ? `${show(low)} to ${show(high)}${unit}.` : `At most ${show(high)}${unit}.`;
  };
  if (type === "string") return range(minLength, maxLength, " characters");
  if (type === "array") return range(undefined, maxItems, " of them");
  return type === "integer" ? range(minimum, maximum, "") : "";
}

const show = (value: number): string => value.toLocaleString("en-GB");
