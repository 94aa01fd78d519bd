import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";

test("a browser bundle is small and holds neither Node modules nor schemas", async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [fileURLToPath(new URL("index.ts", import.meta.url))],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    conditions: ["@claw/source"],
    metafile: true,
    write: false,
  });
  const bundled = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.keys(inputs).filter((path) => (inputs[path]?.bytesInOutput ?? 0) > 0),
  );
  expect(bundled.filter((path) => path.includes("zod"))).toEqual([]);
  expect(outputFiles[0]?.contents.byteLength).toBeLessThan(13_000);
});
