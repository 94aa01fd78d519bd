import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { members, projectFiles, readText, root } from "./topology/workspace.ts";

const FOLDER = join(root, "node_modules/.cache/docs-check");

/** The TypeScript examples of a page. One that shows only a part is marked as a plain text block there. */
function examples(page: string): readonly string[] {
  return [...readText(page).matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code = ""]) => code);
}

test("every TypeScript example in a README or page compiles", { timeout: 300_000 }, async () => {
  const pages = projectFiles().filter((path) => /(^|\/)README\.md$|^docs\/.*\.md$/.test(path));
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  const files = pages.flatMap((page) =>
    examples(page).map((code, index) => ({ name: `${page.replaceAll("/", "__")}.${index + 1}.ts`, code })),
  );
  for (const { name, code } of files) await writeFile(join(FOLDER, name), `${code}\nexport {};\n`);
  const paths = Object.fromEntries(
    members("packages").flatMap(({ manifest, folder }) =>
      Object.entries(manifest.exports ?? {}).flatMap(([key, target]) => {
        const source = typeof target === "string" ? undefined : target["@claw/source"];
        return source === undefined ? [] : [[`${manifest.name}${key.slice(1)}`, [join(root, folder, source)]]];
      }),
    ),
  );
  const compilerOptions = {
    noEmit: true,
    customConditions: ["@claw/source"],
    paths,
    noUnusedLocals: false,
    noPropertyAccessFromIndexSignature: false,
  };
  await writeFile(
    join(FOLDER, "tsconfig.json"),
    JSON.stringify({ extends: join(root, "tsconfig.base.json"), compilerOptions, include: ["*.ts"] }),
  );
  const tsc = join(root, "node_modules/.bin/tsc");
  const problems = await promisify(execFile)(tsc, ["-p", FOLDER, "--pretty", "false"], { maxBuffer: 1e7 }).then(
    () => [],
    (error: { stdout: string }) => error.stdout.trim().split("\n"),
  );
  expect(problems).toEqual([]);
  expect(files.length).toBeGreaterThan(10);
});
