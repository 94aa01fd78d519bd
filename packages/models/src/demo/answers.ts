import type { ToolMessage } from "@claw/core";
import { summarizeCsv } from "./csv-summary.ts";
import type { Intent } from "./intents.ts";

type Done = Exclude<Intent, { kind: "unknown" }>;

const MAX_OUTPUT_CHARACTERS = 6_000;

/** The one line that ends every answer. */
export const notice =
  "_Built-in offline demo. For a real model set ANTHROPIC_API_KEY (or OPENAI_API_KEY, GEMINI_API_KEY, OPENROUTER_API_KEY), or models.providers in openclaw.json._";

/** What the demo is and can do. */
export function about(hasTools: boolean): string {
  const examples = [
    "- `list the files`",
    "- `show notes.txt`",
    "- `read the CSV file in /workspace and summarize the top 10 rows`",
    "- `write hello to notes.txt`",
    "- ``run `uname -a` ``",
    "- several steps: ``write hello to a.txt then show a.txt then run `wc -c a.txt` ``",
  ];
  return [
    "I'm Claw's built-in offline demo, not a language model: a few fixed rules that need no key and no network. What I do I do with the real tools, in the real sandbox.",
    hasTools
      ? `You can ask me:\n${examples.join("\n")}`
      : "This agent has no tools, so there is nothing I can do here.",
    'To connect a real model, set one of ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY or OPENROUTER_API_KEY and restart, or run Ollama or LM Studio on this machine, or name a server in openclaw.json: `models: { providers: { mine: { baseUrl: "http://…/v1" } } }`.',
  ].join("\n\n");
}

/** What a step that succeeded found or did. */
export function report(intent: Done, { output }: ToolMessage): string {
  switch (intent.kind) {
    case "list":
      return `Files in \`${intent.path}\`:\n\n${block(output)}`;
    case "read":
      return `\`${intent.path}\`:\n\n${block(output)}`;
    case "csv":
      return summarizeCsv(intent.path, output, intent.rows);
    case "run":
      return output.trim() === ""
        ? `\`${intent.command}\` ran and printed nothing.`
        : `\`${intent.command}\` printed:\n\n${block(output)}`;
    case "write":
      return `I wrote ${intent.content.length} characters to \`${intent.path}\`.`;
  }
}

/** What is known of a step that did not succeed. */
export function failure(intent: Done, { output }: ToolMessage, unknownOutcome: boolean): string {
  const what = describe(intent);
  if (unknownOutcome)
    return `It is not known whether I could ${what}: the outcome is unknown, so I did not try again. Please check.`;
  return `I could not ${what}:\n\n${block(output)}`;
}

function describe(intent: Done): string {
  switch (intent.kind) {
    case "list":
      return `list \`${intent.path}\``;
    case "run":
      return `run \`${intent.command}\``;
    case "write":
      return `write \`${intent.path}\``;
    default:
      return `read \`${intent.path}\``;
  }
}

function block(output: string): string {
  const cut = output.length > MAX_OUTPUT_CHARACTERS;
  const text = output.slice(0, MAX_OUTPUT_CHARACTERS).trimEnd();
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  const rest = cut ? `\n\n(${output.length - MAX_OUTPUT_CHARACTERS} more characters)` : "";
  return `${fence}\n${text}\n${fence}${rest}`;
}
