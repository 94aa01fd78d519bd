import { malformed, Refusal } from "./refusal.ts";
import type { Json } from "./strict-json.ts";

/** Reads one value of a body: what it gives is built from that value, never the value itself unseen. */
export type Slot<T> = (value: Json, at: string) => T;

type Slots = Readonly<Record<string, Slot<unknown>>>;
export type Read<T extends Slots> = { readonly [Key in keyof T]?: ReturnType<T[Key]> | undefined };

const wrong = (at: string, expected: string): Refusal => malformed(at, `${at} is not ${expected}`);

/** What clients write who ask for nothing: Go's send every key with its zero value. */
function isNothing(value: Json): boolean {
  if (value === null || value === false || value === 0 || value === "") return true;
  if (Array.isArray(value)) return value.every(isNothing);
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** A power that no client has: its key may be there as long as it asks for nothing. */
export const never: Slot<undefined> = (value, at) => {
  if (!isNothing(value)) throw new Refusal(at, `${at} is not for clients to set`);
  return undefined;
};

/** What the proxy sets itself, which a client may repeat. */
export const only =
  (...allowed: readonly (string | number | boolean | null)[]): Slot<undefined> =>
  (value, at) => {
    if (!allowed.some((one) => one === value)) throw new Refusal(at, `${at} is not for clients to set`);
    return undefined;
  };

export const boolean: Slot<boolean> = (value, at) => {
  if (typeof value !== "boolean") throw wrong(at, "true or false");
  return value;
};

export const text =
  (pattern: RegExp, expected: string): Slot<string> =>
  (value, at) => {
    if (typeof value !== "string" || !pattern.test(value)) throw wrong(at, expected);
    return value;
  };

export const integer =
  (least: number, most: number, advice?: string): Slot<number> =>
  (value, at) => {
    if (!Number.isSafeInteger(value)) throw wrong(at, "a whole number");
    if (Number(value) < least || Number(value) > most) {
      throw new Refusal(at, `${at} is not between ${least} and ${most}`, advice === undefined ? {} : { advice });
    }
    return Number(value);
  };

export const list =
  <T>(slot: Slot<T>, most: number): Slot<readonly T[]> =>
  (value, at) => {
    if (!Array.isArray(value) || value.length > most) throw wrong(at, `a list of at most ${most}`);
    return value.map((one: Json, index) => slot(one, `${at}[${index}]`));
  };

export const optional =
  <T>(slot: Slot<T>): Slot<T | undefined> =>
  (value, at) =>
    isNothing(value) ? undefined : slot(value, at);

function entriesOf(value: Json, at: string, most: number): readonly (readonly [string, Json])[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(at, "an object");
  const entries = Object.entries(value);
  if (entries.length > most) throw wrong(at, `an object of at most ${most} keys`);
  return entries;
}

/** An object with these keys and no other; what is absent is `undefined`. */
export const object =
  <T extends Slots>(slots: T): Slot<Read<T>> =>
  (value, at) => {
    const read = new Map<string, unknown>();
    for (const [key, one] of entriesOf(value, at || "the body", 256)) {
      const name = at === "" ? key : `${at}.${key}`;
      const slot = Object.hasOwn(slots, key) ? slots[key] : undefined;
      if (slot === undefined) throw new Refusal("body.keys", `the key "${name.slice(0, 80)}" is unknown`);
      read.set(key, slot(one, name));
    }
    return Object.fromEntries(read) as Read<T>;
  };

/** Any of these objects' own names, with the same rule for every value. */
export const record =
  <T>(name: RegExp, slot: Slot<T>, most: number): Slot<readonly (readonly [string, T])[]> =>
  (value, at) =>
    entriesOf(value, at, most).map(([key, one]) => {
      if (!name.test(key)) throw new Refusal(at, `${at} has a name that is not allowed: "${key.slice(0, 80)}"`);
      return [key, slot(one, `${at}.${key}`)];
    });

/** `null` says nothing, and an empty list does say something: that there is to be no entrypoint, for example. */
export const nullable =
  <T>(slot: Slot<T>): Slot<T | undefined> =>
  (value, at) =>
    value === null ? undefined : slot(value, at);
