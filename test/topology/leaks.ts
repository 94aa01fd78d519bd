const PUBLIC_HOSTS = new Set(["registry.npmjs.org", "registry-1.docker.io", "docs.npmjs.com", "www.npmjs.com"]);
// Folders that exist on one developer's machine only. A single segment may be an example (`/home/you`).
const MACHINE_PATH = new RegExp(
  `(?<![\\w./-])/(?:${["tmp/wt", "work", "opt/claw-dev", "Users/[a-z]+", "home/(?!you\\b|user\\b|node\\b)[a-z]+"].join("|")})/[\\w.-]+`,
  "g",
);
const HOST = /https?:\/\/([\w.-]*(?:registry|npm|verdaccio|artifactory|nexus)[\w.-]*)/gi;

/** Paths of one machine and hosts of one company's registry in a file's text. */
export function leaks(path: string, text: string): readonly string[] {
  const paths = [...text.matchAll(MACHINE_PATH)].map((match) => `${path}: machine path ${match[0]}`);
  const hosts = [...text.matchAll(HOST)]
    .filter((match) => !PUBLIC_HOSTS.has(match[1] ?? ""))
    .map((match) => `${path}: registry host ${match[1]}`);
  return [...paths, ...hosts];
}
