const PUBLIC_HOSTS = new Set(["registry.npmjs.org", "registry-1.docker.io", "docs.npmjs.com", "www.npmjs.com"]);
// Folders that exist on the machines this project is developed on, and nowhere else.
const MACHINE_PATH = /(?<![\w./-])\/(?:tmp\/wt|work|opt\/claw-dev)\/[\w.-]+/g;
const HOST = /https?:\/\/([\w.-]*(?:registry|npm|verdaccio|artifactory|nexus)[\w.-]*)/gi;

/** Paths of one machine and hosts of one company's registry in a file's text. */
export function leaks(path: string, text: string): readonly string[] {
  const paths = [...text.matchAll(MACHINE_PATH)].map((match) => `${path}: machine path ${match[0]}`);
  const hosts = [...text.matchAll(HOST)]
    .filter((match) => !PUBLIC_HOSTS.has(match[1] ?? ""))
    .map((match) => `${path}: registry host ${match[1]}`);
  return [...paths, ...hosts];
}
