import { parseSync } from "oxc-parser";

export interface ModuleShape {
  /** Specifiers of static, dynamic and type imports, and of re-exports. */
  readonly imports: readonly string[];
  /** Exported names; a type is written `type Name`. */
  readonly exports: readonly string[];
  readonly hasDefaultExport: boolean;
  /** `export * from`, which hides what is public. */
  readonly hasStarExport: boolean;
}

/** What a TypeScript file imports and exports, by a real parser. */
export function moduleShape(path: string, code: string): ModuleShape {
  const { module, errors } = parseSync(path, code);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path} does not parse: ${error.message}`);

  const entries = module.staticExports.flatMap((statement) => statement.entries);
  const imports = [
    ...module.staticImports.map((one) => one.moduleRequest.value),
    ...entries.flatMap((entry) => entry.moduleRequest?.value ?? []),
    // `import("x")` as an expression and as a type: the parser's module record has only the former.
    ...[...code.matchAll(/\bimport\(\s*["']([^"']+)["']/g)].flatMap((match) => match[1] ?? []),
  ];
  const names = entries.flatMap(({ exportName, isType }) =>
    exportName.kind === "Name" && exportName.name !== null
      ? [isType ? `type ${exportName.name}` : exportName.name]
      : [],
  );
  return {
    imports: [...new Set(imports)],
    exports: names,
    hasDefaultExport: entries.some(({ exportName }) => exportName.kind === "Default" || exportName.name === "default"),
    hasStarExport: entries.some(
      ({ exportName, importName }) => exportName.kind === "None" && importName.kind !== "None",
    ),
  };
}
