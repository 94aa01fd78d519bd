import { isSecretPath } from "./secret.ts";
import type { Config } from "./validate.ts";

/** Every secret of a configuration, as it was looked up: what must never be shown. */
export function secretsIn(config: Config): readonly string[] {
  const found: string[] = [];
  const visit = (value: unknown, path: readonly (string | number)[]): void => {
    if (typeof value === "string") {
      if (isSecretPath(path)) found.push(value);
    } else if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) visit(item, [...path, index]);
    } else if (typeof value === "object" && value !== null) {
      for (const [key, item] of Object.entries(value)) visit(item, [...path, key]);
    }
  };
  visit(config, []);
  return found;
}
