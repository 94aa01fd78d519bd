import type { FileInfo, Tool } from "@claw/core";
import { z } from "zod";
import { failure, fromFile, withRefusals } from "./results.ts";

const input = z.strictObject({ path: z.string().optional().describe("default: the workspace") });

export function lsTool(maxOutputChars: number): Tool<z.infer<typeof input>> {
  return {
    name: "ls",
    description: "List a directory: names, sizes in bytes, / after directories.",
    input,
    run: ({ path = "." }, { sandbox, signal }) =>
      withRefusals(async () => {
        const entries = await (await sandbox()).list(path, { signal });
        if (entries === undefined) return failure(`${path} is no directory`);
        return {
          output: entries.length === 0 ? "(empty directory)" : textOf(entries, maxOutputChars),
          failed: false,
          details: { entries: entries.length },
          provenance: fromFile(path),
        };
      }),
  };
}

function textOf(entries: readonly FileInfo[], maxChars: number): string {
  const shown: string[] = [];
  let length = 0;
  for (const entry of entries) {
    const line = lineOf(entry);
    length += line.length + 1;
    if (length > maxChars) break;
    shown.push(line);
  }
  const dropped = entries.length - shown.length;
  return [...shown, ...(dropped === 0 ? [] : [`[… ${dropped} more; list a part with exec …]`])].join("\n");
}

/** One line, whatever the name holds. */
function lineOf({ name, kind, size }: FileInfo): string {
  const printable = /[\p{Cc}"]/u.test(name) ? JSON.stringify(name) : name;
  if (kind === "directory") return `${printable}/`;
  return kind === "file" ? `${printable} ${size}` : `${printable} (special)`;
}
