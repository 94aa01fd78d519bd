// Where checkouts and private tools stand on a machine; nothing of this project lives there.
const MACHINE_PATH = /(?<![\w./-])\/(?:work|opt)\/[\w.-]+/g;
const HOST = /https?:\/\/([\w.-]*(?:registry|npm|verdaccio|artifactory|nexus)[\w.-]*)/gi;

/** Paths of one machine and hosts of a registry, public or not, in a file's text. */
export function leaks(path: string, text: string): readonly string[] {
  const paths = [...text.matchAll(MACHINE_PATH)].map((match) => `${path}: machine path ${match[0]}`);
  const hosts = [...text.matchAll(HOST)].map((match) => `${path}: registry host ${match[1]}`);
  return [...paths, ...hosts];
}
