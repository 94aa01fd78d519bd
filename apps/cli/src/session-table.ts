import type { SessionRow } from "@claw/protocol";
import { paint } from "./output.ts";
import { table } from "./table.ts";
import { ago } from "./text.ts";

export function sessionTable(sessions: readonly SessionRow[], { numbered = false } = {}): string {
  const now = Date.now();
  return table(
    [
      {
        head: "",
        cell: (row) => (numbered ? String(sessions.indexOf(row) + 1) : ""),
        paint: (text) => paint("bold", text),
      },
      { head: "SESSION", cell: ({ key }) => key, flexible: true, paint: (text) => paint("cyan", text) },
      { head: "BEGAN WITH", cell: ({ derivedTitle }) => derivedTitle ?? "", flexible: true },
      { head: "USED", cell: ({ updatedAt }) => ago(now - updatedAt) },
      {
        head: "NOW",
        cell: ({ hasActiveRun }) => (hasActiveRun ? "running" : ""),
        paint: (text) => paint("green", text),
      },
    ],
    sessions,
  );
}
