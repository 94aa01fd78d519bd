import { expect, test } from "vitest";
import { members, projectFiles, readText } from "./topology/workspace.ts";

// `changeset status` would check this too, but it needs the history and the branch `main`, which a CI clone may lack.
test("every changeset names packages of the workspace, a kind of bump and a text for the changelog", () => {
  const names = new Set([...members("packages"), ...members("apps")].map(({ manifest }) => manifest.name));
  const wrong = projectFiles()
    .filter((path) => /^\.changeset\/(?!README).+\.md$/.test(path))
    .filter((path) => {
      const [, releases = "", text = ""] = /^---\n(.*?)---\n(.*)$/s.exec(readText(path)) ?? [];
      const bumps = releases
        .trim()
        .split("\n")
        .map((line) => /^["']?([^"']+)["']?: (?:major|minor|patch)$/.exec(line)?.[1]);
      return text.trim() === "" || !bumps.every((name) => name !== undefined && names.has(name));
    });
  expect(wrong).toEqual([]);
});
