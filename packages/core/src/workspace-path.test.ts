import fc from "fast-check";
import { expect, test } from "vitest";
import { ClawError } from "./errors.ts";
import { workspacePath } from "./workspace-path.ts";

const segment = fc.constantFrom("", ".", "..", "a", "b c", "workspace", "…", "..a", "\0");

test("every path is either a clean relative one or an escape", () => {
  fc.assert(
    fc.property(fc.array(segment), fc.constantFrom("", "/", "/workspace/"), (segments, prefix) => {
      try {
        const path = workspacePath(prefix + segments.join("/"));
        expect(path.startsWith("/") || path.includes("\0")).toBe(false);
        expect(path.split("/")).not.toContain("..");
        expect(workspacePath(path)).toBe(path);
      } catch (error) {
        expect(ClawError.is(error, "SANDBOX_PATH_ESCAPE")).toBe(true);
      }
    }),
  );
});

test("relative and absolute paths name the same file", () => {
  expect(workspacePath("a/./b/../c")).toBe("a/c");
  expect(workspacePath("/workspace/a/c")).toBe("a/c");
  expect(workspacePath("")).toBe(".");
  expect(() => workspacePath("/workspaces/a")).toThrow("leaves the workspace");
});
