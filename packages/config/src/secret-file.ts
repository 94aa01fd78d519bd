import { constants, open } from "node:fs/promises";
import { homedir } from "node:os";
import type { Environment, SecretResolution } from "./secret.ts";
import type { SecretProvider } from "./secrets-schema.ts";

type FileProvider = Extract<SecretProvider, { readonly source: "file" }>;

/** The text of a `singleValue` file, or the tree of a `json` one. */
type Content = { readonly text: string } | { readonly tree: unknown };

/** A refusal that the reader of the configuration can act on. */
class Refused extends Error {}

/** Reads a secrets file once. Never rejects: what is wrong with it is the `problem`. */
export async function readSecretFile(
  { path, mode, maxBytes, timeoutMs }: FileProvider,
  label: string,
  env: Environment,
): Promise<{ readonly content: Content } | { readonly problem: string }> {
  const fail = (why: string) => ({ problem: `${label}.path ${why}` });
  let text: string;
  try {
    text = await readPrivate(atHome(path, env), maxBytes, AbortSignal.timeout(timeoutMs));
  } catch (error) {
    if (error instanceof Refused) return fail(error.message);
    const { code, name } = error as NodeJS.ErrnoException;
    if (code === "ELOOP") return fail("is a link; name the real file");
    if (code === "ENOENT") return fail("names no file");
    return fail(
      name === "AbortError" || name === "TimeoutError" ? "took too long to read" : `can't be read: ${code ?? name}`,
    );
  }
  if (mode === "singleValue") return { content: { text: text.replace(/\r?\n$/, "") } };
  try {
    return { content: { tree: JSON.parse(text) } };
  } catch {
    return fail('holds no JSON; for a file that is one secret set mode: "singleValue"');
  }
}

export function valueInFile(content: Content, id: string, label: string): SecretResolution {
  if ("text" in content) {
    if (id !== "value") return { problem: `${label} is one value; its id is "value"` };
    return content.text === "" ? { problem: `${label} is empty` } : { text: content.text };
  }
  const value = keysOf(id).reduce<unknown>(
    (node, part) =>
      typeof node === "object" && node !== null && Object.hasOwn(node, part)
        ? (node as Readonly<Record<string, unknown>>)[part]
        : undefined,
    content.tree,
  );
  if (typeof value === "string" && value !== "") return { text: value };
  return { problem: value === undefined ? `${label} has nothing at ${id}` : `${label} has no text at ${id}` };
}

/** The keys a JSON pointer (RFC 6901) goes through. */
function keysOf(pointer: string): readonly string[] {
  const [, ...parts] = pointer.split("/");
  return parts.map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

async function readPrivate(path: string, maxBytes: number, signal: AbortSignal): Promise<string> {
  await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  const { mode, uid, nlink, size } = await file.stat().then((stats) => {
    if (stats.isFile()) return stats;
    throw new Refused("is not a regular file");
  });
  const self = process.getuid?.();
  if (self !== undefined && uid !== self && uid !== 0) throw new Refused("belongs to another user");
  if ((mode & 0o077) !== 0) throw new Refused(`can be read or written by others; run chmod 600 ${path}`);
  if (nlink > 1) throw new Refused("has more than one name on the disk; copy it to a file of its own");
  if (size > maxBytes) throw new Refused(`is larger than ${maxBytes} bytes`);
  const bytes = await file.readFile({ signal });
  if (bytes.length > maxBytes) throw new Refused(`is larger than ${maxBytes} bytes`);
  return bytes.toString("utf8");
}

export function atHome(path: string, env: Environment): string {
  return path.replace(/^~(?=\/)/, env["HOME"] || homedir());
}
