import { moduleShape } from "./modules.ts";
import type { Manifest } from "./workspace.ts";

/** The source file of each export of a package: `./testing` → `src/testing/index.ts`. */
function entryPoints(manifest: Manifest): ReadonlyMap<string, string> {
  const entries = Object.entries(manifest.exports ?? {}).flatMap(([key, target]) => {
    const source = typeof target === "string" ? undefined : target["@claw/source"];
    return source === undefined ? [] : [[key, source.slice(2)] as const];
  });
  return new Map(entries);
}

/** One line per public name (`@claw/core/testing withSkips`), sorted; what is not listed is not public. */
export function apiTable(manifest: Manifest, read: (source: string) => string): readonly string[] {
  return [...entryPoints(manifest)].flatMap(([key, source]) => {
    const specifier = `${manifest.name}${key.slice(1)}`;
    const names = moduleShape(source, read(source)).exports;
    return names.length === 0 ? [`${specifier} (nothing)`] : names.map((name) => `${specifier} ${name}`).sort();
  });
}

/** Export keys that are published but not in the workspace, or the other way round. */
export function publishGaps(manifest: Manifest): readonly string[] {
  const inWorkspace = Object.keys(manifest.exports ?? {});
  const published = Object.keys(manifest.publishConfig?.exports ?? {});
  return [
    ...inWorkspace.filter((key) => !published.includes(key)).map((key) => `${manifest.name}: ${key} is not published`),
    ...published
      .filter((key) => !inWorkspace.includes(key))
      .map((key) => `${manifest.name}: ${key} exists only when published`),
  ];
}
