import { describe, expect, test } from "vitest";
import { compilePolicy, type DockerPolicy } from "./policy.ts";

const images = ["claw-sandbox:bookworm"];

describe("a policy that would not mean what it looks like is refused:", () => {
  test.each<[string, Partial<DockerPolicy>, string]>([
    ["every image", { images: ["*"] }, "An image is"],
    ["an image without a tag", { images: ["debian"] }, "An image is"],
    ["a short digest", { images: ["debian@sha256:00"] }, "An image is"],
    ["a path that is not whole", { workspaces: ["srv/a"] }, "A workspace is"],
    ["the root", { workspaces: ["/"] }, "A workspace is"],
    ["everything in the root", { workspaces: ["/*"] }, "A workspace is"],
    ["dots", { workspaces: ["/srv/../etc"] }, "A workspace is"],
    ["a slash at the end", { workspaces: ["/srv/a/"] }, "A workspace is"],
    ["a part of a name", { workspaces: ["/srv/a*"] }, "stands for a whole name"],
    ["a workspace in a workspace", { workspaces: ["/srv/a", "/srv/a/b"] }, "lies inside /srv/a"],
    ["one in what a star may be", { workspaces: ["/srv/*", "/srv/a/b"] }, "lies inside /srv/*"],
    ["root", { user: "0:0" }, "never root"],
    ["root's group", { user: "1000:0" }, "never root"],
    ["a user whose group the engine would choose", { user: "1000" }, "never root"],
    ["a user by name", { user: "node" }, "never root"],
    ["every label", { labels: [""] }, "or all there are"],
    ["the proxy's label", { labels: ["docker-proxy."] }, "the proxy's own"],
    ["a limit of nothing", { limits: { pids: 0 } }, "The limit pids"],
    ["a prefix with a slash", { namePrefix: "a/" }, "A prefix of container names"],
  ])("%s", (_what, policy, said) => {
    expect(() => compilePolicy("alice", { images, ...policy })).toThrow(said);
  });
});

test("a star in an image is any tag, and in a workspace any one name", () => {
  const policy = compilePolicy("alice", { images: ["claw-supervised:*"], workspaces: ["/srv/*/workspace", "/data"] });
  expect(
    ["claw-supervised:0a", "claw-supervised", "claw-supervised:", "x/claw-supervised:0a"].map(policy.allowsImage),
  ).toEqual([true, false, false, false]);
  const paths = ["/srv/a/workspace", "/srv/a/b/workspace", "/srv//workspace", "/srv/a/workspace/x", "/data", "/data2"];
  expect(paths.map(policy.allowsWorkspace)).toEqual([true, false, false, false, true, false]);
});
