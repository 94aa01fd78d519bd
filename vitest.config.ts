import { defineConfig } from "vitest/config";
import { summaryReporter } from "./test/summary-reporter.ts";

const conditions = ["@claw/source", "node", "import", "module", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    reporters: ["default", summaryReporter()],
    // Far above what any test takes: it ends one that hangs, also on a machine that is ten times as slow as most.
    testTimeout: 90_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.ts", "apps/*/src/**/*.test.{ts,tsx}"],
          maxWorkers: "100%",
        },
      },
      {
        extends: true,
        test: {
          name: "repo",
          include: ["test/*.test.ts", "test/topology/*.test.ts"],
          exclude: ["test/packages.test.ts"],
          maxWorkers: "100%",
        },
      },
      // These share one machine, one engine and the built programs: one file at a time, after everything else.
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 240_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "packages",
          include: ["test/packages.test.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
