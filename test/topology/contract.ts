import { moduleShape } from "./modules.ts";

/** Whether a test file calls a contract suite that it imports from `@claw/core/testing`. */
export function runsContract(path: string, code: string): boolean {
  if (!moduleShape(path, code).imports.includes("@claw/core/testing")) return false;
  const [, names] = /import\s*\{([^}]+)\}\s*from\s*["']@claw\/core\/testing["']/.exec(code) ?? [];
  return (names ?? "")
    .split(",")
    .map((name) => name.trim())
    .some((name) => /Contract$/.test(name) && new RegExp(`\\b${name}\\(`).test(code));
}
