import { randomBytes } from "node:crypto";
import { ownLabel } from "./ownership.ts";
import type { CompiledPolicy } from "./policy.ts";
import { malformed, Refusal } from "./refusal.ts";
import { list, object, record, type Slot, text } from "./slots.ts";
import { parseStrictJson } from "./strict-json.ts";

type Query = ReadonlyMap<string, string>;

/** A name that begins as the tenant's do; one is made where there is none. */
export function nameIn(query: Query, { namePrefix }: CompiledPolicy): Query {
  const name = query.get("name") || `${namePrefix}${randomBytes(8).toString("hex")}`;
  if (!name.startsWith(namePrefix)) {
    throw new Refusal("namePrefix", `a container's name begins with "${namePrefix}"`, {
      advice: "Choose such a name, or none.",
    });
  }
  return new Map([["name", name]]);
}

const word = text(/^[^\0]{1,512}$/, "text");
const words = list(word, 16);

/** A list, or the names that are true, as Docker's own client writes it. */
const either: Slot<readonly string[]> = (value, at) =>
  Array.isArray(value) ? words(value, at) : record(/^[^\0]{1,512}$/, (one) => one, 16)(value, at).map(([name]) => name);

const filters = object({ label: either, name: either, id: either, status: either, exited: either });

/** The filters that were asked for, and always the one that leaves only the tenant's own containers. */
export function listFilters(query: Query, policy: CompiledPolicy): Query {
  const asked = query.get("filters");
  if (asked !== undefined && asked.length > 4096) throw malformed("target.query", "the filters are too long");
  const parsed = asked ? filters(parseStrictJson(Buffer.from(asked)), "filters") : {};
  const label = [...(parsed.label ?? []), ownLabel(policy)];
  return new Map([...query, ["filters", JSON.stringify({ ...parsed, label })]]);
}
