import { defineConfig } from "tsup";

/**
 * How an app is bundled: everything from source into one tree of chunks, except the app's own `dependencies` (native or
 * heavy). A dynamic import stays a chunk of its own, so what is lazy in the source is lazy in the product.
 */
export const appBundle = (entry: Readonly<Record<string, string>>): ReturnType<typeof defineConfig> =>
  defineConfig({
    entry: { ...entry },
    format: "esm",
    target: "node24",
    platform: "node",
    splitting: true,
    sourcemap: true,
    // A running gateway still loads its old chunks; a build must not take them away.
    clean: false,
    silent: true,
    noExternal: [/^@claw\//],
    external: [/\.node$/],
    // `__dirname`, for bundled CommonJS; an ES module has none.
    shims: true,
    // And `require`, which it calls for Node's own modules.
    banner: {
      js: 'import { createRequire as clawCreateRequire } from "node:module"; const require = clawCreateRequire(import.meta.url);',
    },
    esbuildOptions(options) {
      options.conditions = ["@claw/source", "module"];
    },
  });
