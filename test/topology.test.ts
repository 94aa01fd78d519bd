import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { apiTable, publishGaps } from "./topology/api.ts";
import { lengthOf, MEDIAN_LINES, median, tooLong } from "./topology/budget.ts";
import { runsContract } from "./topology/contract.ts";
import { databaseViolations } from "./topology/databases.ts";
import { importViolation, isAdapter } from "./topology/layers.ts";
import { leaks } from "./topology/leaks.ts";
import { moduleShape } from "./topology/modules.ts";
import { readmeGaps } from "./topology/readme.ts";
import { isTest, members, projectFiles, readText, root } from "./topology/workspace.ts";

const packages = members("packages");
const all = [...packages, ...members("apps")];
const inSource = (path: string): boolean => path.split("/")[2] === "src" && !path.endsWith(".d.ts");
const sources = all.flatMap(({ files }) => files).filter((path) => inSource(path) && !isTest(path));

describe("modules", () => {
  test("import only what their layer allows", () => {
    const violations = all.flatMap((member) =>
      member.files
        .filter(inSource)
        .flatMap((path) =>
          moduleShape(path, readText(path)).imports.flatMap(
            (specifier) => importViolation(member, path, specifier) ?? [],
          ),
        ),
    );
    expect(violations).toEqual([]);
  });

  test("export names, never a default and never a star", () => {
    const offenders = sources.filter((path) => {
      const { hasDefaultExport, hasStarExport } = moduleShape(path, readText(path));
      return hasDefaultExport || hasStarExport;
    });
    expect(offenders).toEqual([]);
  });

  test(`are at most ${MEDIAN_LINES} lines in the median and never over the limit`, () => {
    const lengths = sources.map((path) => lengthOf(path, readText(path)));
    expect(tooLong(lengths)).toEqual([]);
    expect(median(lengths)).toBeLessThanOrEqual(MEDIAN_LINES);
  });
});

describe("packages", () => {
  test("are named after their folder", () => {
    expect(packages.map(({ manifest }) => manifest.name)).toEqual(
      packages.map(({ shortName }) => `@claw/${shortName}`),
    );
  });

  test("export what the table of public names lists (`npx vitest run test/topology.test.ts -u` writes it)", async () => {
    const table = packages.flatMap(({ folder, manifest }) =>
      apiTable(manifest, (path) => readText(`${folder}/${path}`)),
    );
    await expect(`${table.join("\n")}\n`).toMatchFileSnapshot("topology/api.txt");
  });

  test("publish the same export keys as the workspace uses", () => {
    expect(packages.flatMap(({ manifest }) => publishGaps(manifest))).toEqual([]);
  });

  test("have a description and a README with an example", () => {
    const gaps = packages.flatMap(({ folder, manifest }) => {
      const path = `${folder}/README.md`;
      return readmeGaps(manifest.name, existsSync(resolve(root, path)) ? readText(path) : undefined);
    });
    const undescribed = packages.filter(({ manifest }) => !manifest.description).map(({ manifest }) => manifest.name);
    expect([...gaps, ...undescribed]).toEqual([]);
  });
});

test("every adapter runs the contract suite of its seam", () => {
  const without = packages
    .filter(({ shortName }) => isAdapter(shortName))
    .filter(
      ({ files }) => !files.some((path) => path.endsWith(".contract.test.ts") && runsContract(path, readText(path))),
    )
    .map(({ folder }) => folder);
  expect(without).toEqual([]);
});

test("only the store opens database files, and only through SQLite", () => {
  const programs = projectFiles().filter((path) => /^(scripts|deploy|\.ci)\//.test(path) && !path.endsWith(".md"));
  expect([...sources, ...programs].flatMap((path) => databaseViolations(path, readText(path)))).toEqual([]);
});

test("no file names a folder of one machine or a private registry", () => {
  const text = projectFiles().filter((path) => !/\.(png|ico|woff2?|tar|gz|tgz|db)$/.test(path));
  expect(text.flatMap((path) => leaks(path, readText(path)))).toEqual([]);
});
