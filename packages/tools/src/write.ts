import type { Tool } from "@claw/core";
import { z } from "zod";
import { withRefusals } from "./results.ts";

const input = z.strictObject({ path: z.string().min(1), content: z.string() });

export function writeTool(): Tool<z.infer<typeof input>> {
  return {
    name: "write",
    description: "Create or replace a file, with its parent directories.",
    input,
    run: ({ path, content }, { sandbox, signal }) =>
      withRefusals(async () => {
        await (await sandbox()).writeFile(path, content, { signal });
        const bytes = Buffer.byteLength(content);
        return { output: `wrote ${bytes} bytes to ${path}`, failed: false, details: { bytes } };
      }),
  };
}
