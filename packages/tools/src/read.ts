import type { Tool } from "@claw/core";
import { z } from "zod";
import { failure, fromFile, withRefusals } from "./results.ts";
import { readTextFile } from "./text-file.ts";

const input = z.strictObject({
  path: z.string().min(1),
  offset: z.int().min(1).optional().describe("first line, from 1"),
  limit: z.int().min(1).optional().describe("number of lines"),
});

export function readTool(maxOutputChars: number): Tool<z.infer<typeof input>> {
  return {
    name: "read",
    description: "Read a text file. A note at the end tells how to go on when there is more.",
    input,
    run: ({ path, offset = 1, limit = Number.POSITIVE_INFINITY }, { sandbox, signal }) =>
      withRefusals(async () => {
        const file = await readTextFile(await sandbox(), path, signal);
        if ("problem" in file) return failure(file.problem);
        const lines = linesOf(file.text);
        if (lines.length === 0) return { output: "(empty file)", failed: false, provenance: fromFile(path) };
        if (offset > lines.length) return failure(`${path} has ${lines.length} lines; offset ${offset} is beyond them`);
        const shown = fit(lines.slice(offset - 1, offset - 1 + limit), maxOutputChars);
        const last = offset - 1 + shown.count;
        const more =
          last < lines.length ? `\n[lines ${offset}–${last} of ${lines.length}; go on with offset ${last + 1}]` : "";
        return {
          output: shown.text + more,
          failed: false,
          details: { bytes: file.bytes, lines: lines.length, firstLine: offset, lastLine: last },
          provenance: fromFile(path),
        };
      }),
  };
}

function linesOf(text: string): readonly string[] {
  const lines = text.split("\n");
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

/** As many whole lines as fit, and at least the start of the first. */
function fit(lines: readonly string[], maxChars: number): { readonly text: string; readonly count: number } {
  const [first = ""] = lines;
  if (first.length > maxChars) {
    return {
      text: `${first.slice(0, maxChars)}\n[… ${first.length - maxChars} characters of this line dropped …]`,
      count: 1,
    };
  }
  let count = 0;
  let length = -1;
  for (const line of lines) {
    length += line.length + 1;
    if (length > maxChars) break;
    count++;
  }
  return { text: lines.slice(0, count).join("\n"), count };
}
