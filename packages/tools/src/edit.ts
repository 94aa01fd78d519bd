import type { Tool } from "@claw/core";
import { z } from "zod";
import { failure, withRefusals } from "./results.ts";
import { readTextFile } from "./text-file.ts";

const input = z.strictObject({
  path: z.string().min(1),
  oldText: z.string().min(1).describe("exact, with white space; must occur once"),
  newText: z.string(),
  replaceAll: z.boolean().optional(),
});

export function editTool(): Tool<z.infer<typeof input>> {
  return {
    name: "edit",
    description: "Replace a piece of text in a file.",
    input,
    run: ({ path, oldText, newText, replaceAll = false }, context) =>
      withRefusals(async () => {
        if (oldText === newText) return failure("oldText and newText are the same; nothing was changed");
        const sandbox = await context.sandbox();
        const file = await readTextFile(sandbox, path, context.signal);
        if ("problem" in file) return failure(file.problem);
        const pieces = file.text.split(oldText);
        const replacements = pieces.length - 1;
        if (replacements === 0) return failure(`oldText does not occur in ${path}; ${hint(file.text, oldText)}`);
        if (replacements > 1 && !replaceAll) {
          return failure(
            `oldText occurs ${replacements} times in ${path}; add lines around it until it occurs once, or set replaceAll`,
          );
        }
        await sandbox.writeFile(path, pieces.join(newText), { signal: context.signal });
        const times = replacements === 1 ? "once" : `${replacements} times`;
        return { output: `replaced ${times} in ${path}`, failed: false, details: { replacements } };
      }),
  };
}

function hint(text: string, oldText: string): string {
  if (text.includes("\r\n") && text.replaceAll("\r\n", "\n").includes(oldText)) {
    return "the file's lines end with \\r\\n, oldText's with \\n";
  }
  const squeeze = (some: string) => some.replace(/\s+/g, " ").trim();
  if (squeeze(text).includes(squeeze(oldText)))
    return "it does with other white space, so copy it exactly as read shows it";
  return "read the file again and copy the text exactly";
}
