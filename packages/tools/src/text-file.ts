import type { Sandbox } from "@claw/core";

export type TextFile = { readonly text: string; readonly bytes: number } | { readonly problem: string };

/** A whole text file, or why there is none, in words for the model. */
export async function readTextFile(sandbox: Sandbox, path: string, signal: AbortSignal): Promise<TextFile> {
  const content = await sandbox.readFile(path, { signal });
  if (content === undefined) return { problem: `${path} does not exist; look with ls` };
  const binary = { problem: `${path} is binary (${content.length} bytes); inspect it with exec` };
  if (content.includes(0)) return binary;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
    return { text, bytes: content.length };
  } catch {
    return binary;
  }
}
