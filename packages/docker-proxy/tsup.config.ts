import { defineConfig } from "tsup";

const shared = { format: "esm", target: "node24", sourcemap: true } as const;

export default defineConfig([
  { ...shared, entry: ["src/index.ts"] },
  // Whole, so that an image needs nothing besides.
  { ...shared, entry: ["src/main.ts"], noExternal: [/./] },
]);
