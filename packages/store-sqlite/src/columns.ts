import { customType } from "drizzle-orm/sqlite-core";

/** Compact JSON; `undefined` is stored as NULL, which drizzle's own JSON column can't do through a placeholder. */
export const json = <Value>(name: string) =>
  customType<{ data: Value; driverData: string | null }>({
    dataType: () => "text",
    toDriver: (value) => (value === undefined ? null : JSON.stringify(value)),
    fromDriver: (text) => JSON.parse(text ?? "null"),
  })(name);

/** Milliseconds since 1970. */
export const instant = (name: string) =>
  customType<{ data: Date; driverData: number }>({
    dataType: () => "integer",
    toDriver: (value) => value.getTime(),
    fromDriver: (milliseconds) => new Date(milliseconds),
  })(name);
