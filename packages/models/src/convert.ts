import type {
  LanguageModelV4FunctionTool,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  SharedV4ProviderOptions,
} from "@ai-sdk/provider";
import type { AssistantMessage, ModelMessage, Thought, ToolCall, ToolMessage, ToolSpec } from "@claw/core";

type ToolContent = Extract<LanguageModelV4Message, { role: "tool" }>["content"][number];

// Messages and tool lists are immutable and outlive many steps: each is converted once.
const convertedMessages = new WeakMap<ModelMessage, LanguageModelV4Message>();
const convertedResults = new WeakMap<ToolMessage, ToolContent>();
const convertedTools = new WeakMap<readonly ToolSpec[], LanguageModelV4FunctionTool[]>();

/**
 * Results of one step become one message, as providers expect; an assistant message without content is left out.
 * Thoughts are given to `ref` alone, the `provider/model` that is asked, and only those it had itself.
 */
export function toPrompt(system: string, messages: readonly ModelMessage[], ref: string): LanguageModelV4Prompt {
  const prompt: LanguageModelV4Prompt = system === "" ? [] : [{ role: "system", content: system }];
  let results: ToolContent[] | undefined;
  for (const message of messages) {
    if (message.role === "tool") {
      if (results === undefined) {
        results = [];
        prompt.push({ role: "tool", content: results });
      }
      results.push(memoized(convertedResults, message, toResult));
      continue;
    }
    results = undefined;
    if (message.role === "assistant" && message.text === "" && message.toolCalls.length === 0) continue;
    const { thoughts = [] } = message.role === "assistant" && message.model === ref ? message : {};
    prompt.push(
      message.role === "assistant" && thoughts.length > 0
        ? { role: "assistant", content: assistantContent(message, thoughts) }
        : memoized(convertedMessages, message, toMessage),
    );
  }
  return prompt;
}

export function toTools(tools: readonly ToolSpec[]): LanguageModelV4FunctionTool[] {
  return memoized(convertedTools, tools, () =>
    tools.map(({ name, description, inputSchema }) => ({ type: "function", name, description, inputSchema })),
  );
}

function memoized<Key extends object, Value>(cache: WeakMap<Key, Value>, key: Key, make: (key: Key) => Value): Value {
  let value = cache.get(key);
  if (value === undefined) {
    value = make(key);
    cache.set(key, value);
  }
  return value;
}

function toMessage(message: Exclude<ModelMessage, ToolMessage>): LanguageModelV4Message {
  if (message.role === "user") return { role: "user", content: [{ type: "text", text: message.text }] };
  return { role: "assistant", content: assistantContent(message, []) };
}

function assistantContent({ text, toolCalls }: AssistantMessage, thoughts: readonly Thought[]) {
  const seals = new Map(thoughts.map((thought) => [thought.callId, sealOf(thought)]));
  const calls = toolCalls.map((call) => ({
    type: "tool-call" as const,
    toolCallId: call.id,
    toolName: call.tool,
    input: objectInput(call.input),
    ...seals.get(call.id),
  }));
  const reasoning = thoughts
    .filter(({ callId }) => callId === undefined)
    .map((thought) => ({ type: "reasoning" as const, text: thought.text, ...sealOf(thought) }));
  return [...reasoning, ...(text === "" ? [] : [{ type: "text" as const, text }]), ...calls];
}

function sealOf({ seal }: Thought): { readonly providerOptions?: SharedV4ProviderOptions } {
  // What the AI SDK gave as its metadata it takes back as its options.
  return seal === undefined ? {} : { providerOptions: seal as SharedV4ProviderOptions };
}

/** Anthropic and Google refuse a history in which an input is not an object, which a broken call's is not. */
function objectInput(input: ToolCall["input"]): object {
  return typeof input === "object" && input !== null && !Array.isArray(input) ? input : { input };
}

function toResult({ callId, tool, output, failed }: ToolMessage): ToolContent {
  return {
    type: "tool-result",
    toolCallId: callId,
    toolName: tool,
    output: { type: failed ? "error-text" : "text", value: output },
  };
}
