import { posix } from "node:path";
import { isTest, type Member } from "./workspace.ts";

const FEATURES = new Set(
  "router policy memory skills models agent tools mcp automation audit secrets config telemetry docker-proxy egress-proxy".split(
    " ",
  ),
);
const ADAPTER = /^(channels|store|sandbox|bus)-/;

/** What adapters of one seam share; no adapter itself. */
const SHARED = new Set(["channels-core", "sandbox-supervisor"]);

export const isAdapter = (shortName: string): boolean => ADAPTER.test(shortName) && !SHARED.has(shortName);

/** The packages of ours that a package may import, or undefined when nobody has said what it is. */
export function allowedImports(shortName: string): readonly string[] | undefined {
  if (shortName === "core" || shortName === "protocol") return [];
  if (shortName === "client") return ["protocol"];
  if (shortName === "gateway") return ["core", "protocol"];
  if (isAdapter(shortName) && shortName.startsWith("channels-")) return ["core", "channels-core"];
  if (isAdapter(shortName) && shortName.startsWith("sandbox-")) return ["core", "sandbox-supervisor"];
  if (SHARED.has(shortName) || isAdapter(shortName) || FEATURES.has(shortName)) return ["core"];
  return undefined;
}

/** What is wrong with one import of one file; undefined when nothing is. */
export function importViolation(
  member: Pick<Member, "folder" | "shortName">,
  path: string,
  specifier: string,
): string | undefined {
  const found = `${path} imports ${specifier}`;
  if (specifier.startsWith(".")) {
    const target = posix.join(posix.dirname(path), specifier);
    return target.startsWith(`${member.folder}/`) ? undefined : `${found}: a relative import leaves the package`;
  }
  if (/^claw-/.test(specifier) && member.folder.startsWith("packages/")) return `${found}: nothing imports an app`;
  const [, target, subpath] = /^@claw\/([^/]+)(\/.+)?$/.exec(specifier) ?? [];
  // A test may put real parts together; the rules are for what is published.
  if (target === undefined || isTest(path)) return undefined;
  if (subpath === "/testing" && !path.includes("/src/testing/")) return `${found}: contract suites are for tests`;
  if (!member.folder.startsWith("packages/")) return undefined;
  const allowed = allowedImports(member.shortName);
  if (allowed === undefined) return `${found}: give ${member.shortName} a layer in test/topology/layers.ts`;
  return allowed.includes(target)
    ? undefined
    : `${found}: ${member.shortName} may import ${allowed.map((name) => `@claw/${name}`).join(", ") || "nothing of ours"}`;
}
