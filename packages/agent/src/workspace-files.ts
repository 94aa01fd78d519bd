import { open } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, systemClock } from "@claw/core";

/** Read in this order into the prompt of every turn. */
export const WORKSPACE_FILES = ["AGENTS.md", "SOUL.md", "IDENTITY.md", "USER.md", "MEMORY.md"] as const;

const MAX_CHARACTERS_EACH = 20_000;
const MAX_CHARACTERS_TOTAL = 60_000;
const RECHECK_MS = 1_000;

/**
 * Renders the workspace files for the system text. Read again at most once a second, so an edit shows in the next
 * turn and a busy gateway does not touch the disk for each. A missing or empty file is left out.
 */
export function workspaceFiles(workspace: string, clock: Clock = systemClock): () => Promise<string> {
  let rendered: Promise<string> = Promise.resolve("");
  let checkedMs = Number.NEGATIVE_INFINITY;
  return () => {
    const nowMs = clock.monotonicMs();
    if (nowMs - checkedMs >= RECHECK_MS) {
      checkedMs = nowMs;
      rendered = render(workspace);
    }
    return rendered;
  };
}

async function render(workspace: string): Promise<string> {
  const parts: string[] = [];
  let left = MAX_CHARACTERS_TOTAL;
  for (const name of WORKSPACE_FILES) {
    const text = await readHead(join(workspace, name), Math.min(MAX_CHARACTERS_EACH, left));
    if (text === "") continue;
    left -= text.length;
    parts.push(`## ${name}\n${text}`);
  }
  return parts.join("\n\n");
}

async function readHead(path: string, maxCharacters: number): Promise<string> {
  if (maxCharacters <= 0) return "";
  const file = await open(path, "r").catch(() => undefined);
  if (file === undefined) return "";
  try {
    // A UTF-8 character takes up to four bytes.
    const buffer = Buffer.alloc(Math.min((await file.stat()).size, maxCharacters * 4));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    const text = buffer.toString("utf8", 0, bytesRead).trim();
    if (text.length <= maxCharacters) return text;
    return `${text.slice(0, maxCharacters)}\n[cut: ${text.length - maxCharacters} more characters]`;
  } catch {
    return "";
  } finally {
    await file.close();
  }
}
