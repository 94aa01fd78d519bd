import { createHash } from "node:crypto";
import type { Message, ToolCall, ToolMessage } from "@claw/core";
import { about, failure, notice, report } from "./answers.ts";
import { type Intent, parseIntents } from "./intents.ts";

/** What the demo says next, and the one call it asks for, if any. */
export interface DemoStep {
  readonly text: string;
  readonly call?: ToolCall;
}

/**
 * Decides the next step from the transcript alone: the last user message says what is wanted, the tool results after it
 * how far that has come. Stops at the first failed step, since the next may build on it.
 */
export function nextStep(messages: readonly Message[], tools: ReadonlySet<string>): DemoStep {
  const asked = messages.findLastIndex(({ role }) => role === "user");
  const request = messages[asked];
  const intents = request?.role === "user" ? parseIntents(request.text) : [];
  const understood = intents.filter(({ kind }) => kind !== "unknown");
  if (understood.length === 0) return { text: about(tools.size > 0) };
  let results = messages.slice(asked + 1).filter((message) => message.role === "tool");
  const reports: string[] = [];
  for (const [index, intent] of intents.entries()) {
    const state = advance(intent, results);
    if ("tool" in state) {
      if (!tools.has(state.tool))
        return { text: `I would need the tool \`${state.tool}\`, which this agent does not have.\n\n${notice}` };
      const id = callId(messages);
      return { text: `${state.saying}\n`, call: { id, tool: state.tool, input: state.input } };
    }
    reports.push(intents.length === 1 ? state.text : `**${index + 1}.** ${state.text}`);
    results = results.slice(state.used);
    if (state.failed && index < intents.length - 1) {
      reports.push(`I stopped there; ${intents.length - index - 1} more to do.`);
      break;
    }
  }
  return { text: [...reports, notice].join("\n\n") };
}

type State =
  | { readonly tool: string; readonly input: Readonly<Record<string, unknown>>; readonly saying: string }
  | { readonly text: string; readonly used: number; readonly failed: boolean };

/** Where one intent stands, given the results that nothing before it has used. */
function advance(intent: Intent, results: readonly ToolMessage[]): State {
  if (intent.kind === "unknown") {
    return { text: `I did not understand "${intent.text.slice(0, 200)}".`, used: 0, failed: false };
  }
  const [first, second, third] = results;
  if (first === undefined) return firstCall(intent);
  if (intent.kind !== "csv" || intent.named || !first.failed || second === undefined) {
    if (intent.kind === "csv" && !intent.named && first.failed && !isUnknownOutcome(first)) return lookFor(intent.path);
    return ended(intent, first, 1);
  }
  const found = /[^\s"'`]+\.csv\b/i.exec(second.output)?.[0];
  if (second.failed || found === undefined) {
    return { text: `I found no CSV file in \`${directoryOf(intent.path)}\`.`, used: 2, failed: true };
  }
  const guessed = {
    ...intent,
    path: found.includes("/") ? found : `${directoryOf(intent.path)}/${found}`,
    named: true,
  };
  return third === undefined ? firstCall(guessed) : ended(guessed, third, 3);
}

function ended(intent: Exclude<Intent, { kind: "unknown" }>, result: ToolMessage, used: number): State {
  return {
    text: result.failed ? failure(intent, result, isUnknownOutcome(result)) : report(intent, result),
    used,
    failed: result.failed,
  };
}

function firstCall(intent: Exclude<Intent, { kind: "unknown" }>): State {
  switch (intent.kind) {
    case "list":
      return { tool: "ls", input: { path: intent.path }, saying: "I'll list the files." };
    case "read":
      return { tool: "read", input: { path: intent.path }, saying: `I'll read \`${intent.path}\`.` };
    case "csv": {
      const command = `head -n ${intent.rows + 1} ${shellWord(intent.path)}`;
      return { tool: "exec", input: { command }, saying: `I'll read the header and the first ${intent.rows} rows.` };
    }
    case "run":
      return { tool: "exec", input: { command: intent.command }, saying: `I'll run \`${intent.command}\`.` };
    case "write":
      return {
        tool: "write",
        input: { path: intent.path, content: intent.content },
        saying: `I'll write \`${intent.path}\`.`,
      };
  }
}

function lookFor(path: string): State {
  return { tool: "ls", input: { path: directoryOf(path) }, saying: "It is not called that. I'll look for a CSV file." };
}

function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/"))) || "/";
}

function isUnknownOutcome({ output }: ToolMessage): boolean {
  return /outcome (?:is )?unknown/i.test(output);
}

function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) && !text.startsWith("-") ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The same transcript gives the same id, another one another. */
function callId(messages: readonly Message[]): string {
  const recent = JSON.stringify([messages.length, messages.slice(-3)]);
  return `demo_${createHash("sha256").update(recent).digest("hex").slice(0, 16)}`;
}
