import type { Reporter, TestModule } from "vitest/node";
import { type AllowedSkip, allowedSkips } from "./allowed-skips.ts";

export interface TestOutcome {
  readonly file: string;
  readonly name: string;
  readonly state: "passed" | "failed" | "skipped" | "pending";
  /** What the test gave as its reason for being skipped. */
  readonly note?: string;
}

export interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly TestOutcome[];
  /** Skipped without being on the list of allowed skips. */
  readonly forbidden: readonly TestOutcome[];
}

/** Counts outcomes; a file that could not be loaded and an error outside any test count as one failure each. */
export function summarize(
  outcomes: readonly TestOutcome[],
  errorsOutsideTests: number,
  allowed: readonly AllowedSkip[],
): Summary {
  const skipped = outcomes.filter((outcome) => outcome.state === "skipped");
  return {
    passed: outcomes.filter((outcome) => outcome.state === "passed").length,
    failed:
      outcomes.filter((outcome) => outcome.state === "failed" || outcome.state === "pending").length +
      errorsOutsideTests,
    skipped,
    forbidden: skipped.filter(({ file, name }) => !allowed.some((one) => one.file === file && one.test === name)),
  };
}

/** Ends the run with a line of its own, `N passed, N failed`. In CI a skip that is not allowed is a failure. */
export function summaryReporter(): Reporter {
  return {
    onTestRunEnd(modules, unhandledErrors) {
      const outsideTests = modules.reduce((count, module) => count + errorsOf(module), unhandledErrors.length);
      const { passed, failed, skipped, forbidden } = summarize(modules.flatMap(outcomesOf), outsideTests, allowedSkips);
      for (const { file, name, note } of skipped)
        console.log(`skipped: ${file} > ${name}: ${note ?? "no reason given"}`);

      const refused = process.env["CI"] === "true" ? forbidden : [];
      for (const { file, name } of refused) console.log(`not allowed to be skipped in CI: ${file} > ${name}`);
      if (refused.length > 0) process.exitCode = 1;
      const failures = failed + refused.length;
      const rest = skipped.length - refused.length;
      console.log(`\n${passed} passed, ${failures} failed${rest === 0 ? "" : `, ${rest} skipped`}`);
    },
  };
}

function errorsOf(module: TestModule): number {
  return (
    module.errors().length + [...module.children.allSuites()].reduce((count, suite) => count + suite.errors().length, 0)
  );
}

function outcomesOf(module: TestModule): readonly TestOutcome[] {
  return [...module.children.allTests()].map((test) => {
    const result = test.result();
    const note = result.state === "skipped" ? result.note : undefined;
    // Vitest calls a test skipped, too, that a failed hook kept from running.
    const wasKept = result.state === "skipped" && test.options.mode === "run" && note === undefined;
    return {
      file: module.relativeModuleId,
      name: test.fullName,
      state: wasKept ? "pending" : result.state,
      ...(note === undefined ? {} : { note }),
    };
  });
}
