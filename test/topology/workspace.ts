import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

export interface Manifest {
  readonly name: string;
  readonly description?: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly publishConfig?: { readonly exports?: Readonly<Record<string, unknown>> };
}

/** One folder of `packages/` or `apps/`. */
export interface Member {
  /** From the root: `packages/core`. */
  readonly folder: string;
  /** The folder's own name, which is the package name without its scope. */
  readonly shortName: string;
  readonly manifest: Manifest;
  /** Its `.ts` and `.tsx` files from the root, tests included. */
  readonly files: readonly string[];
}

export const root = resolve(import.meta.dirname, "../..");

export const readText = (path: string): string => readFileSync(resolve(root, path), "utf8");

/** Every file git tracks or would track, from the root. */
export function projectFiles(): readonly string[] {
  const listing = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return listing.split("\0").filter((path) => path !== "" && existsSync(resolve(root, path)));
}

export function members(kind: "packages" | "apps"): readonly Member[] {
  const files = projectFiles().filter((path) => /\.tsx?$/.test(path));
  return readdirSync(resolve(root, kind))
    .filter((shortName) => existsSync(resolve(root, kind, shortName, "package.json")))
    .map((shortName) => {
      const folder = `${kind}/${shortName}`;
      const manifest: Manifest = JSON.parse(readText(`${folder}/package.json`));
      return { folder, shortName, manifest, files: files.filter((path) => path.startsWith(`${folder}/`)) };
    });
}

/** A test, or what only tests use and no build contains. In `core`, `testing` is published. */
export const isTest = (path: string): boolean =>
  /\.(test|test-d|fixture)\.tsx?$/.test(path) || /^(?!packages\/core\/).+\/src\/(.+\/)?(fixtures|testing)\//.test(path);
