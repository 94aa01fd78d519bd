import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

type Block = Readonly<Record<string, unknown>> & { readonly type: string };

interface Asked {
  readonly thinking?: { readonly type: string };
  readonly system?: unknown;
  readonly tools?: unknown;
  readonly messages: readonly { readonly role: string; readonly content: string | readonly Block[] }[];
}

/**
 * Anthropic's Messages API as far as thinking and tools go. Each answer up to the last thinks, hides a thought and calls
 * a tool. A signature is over all that was read before it; a loop of calls without its thoughts, or with one that is
 * changed or behind something else, is refused in the API's own words.
 */
export async function anthropicServer({ calls }: { readonly calls: number }) {
  const requests: Asked[] = [];
  const refused: string[] = [];
  const server = createServer(async (request, response) => {
    const asked: Asked = JSON.parse(await text(request));
    requests.push(asked);
    const problem = problemIn(asked);
    if (problem !== undefined) {
      refused.push(problem);
      const error = { type: "error", error: { type: "invalid_request_error", message: problem } };
      return response.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify(error));
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    const step = toolLoop(asked.messages).filter(({ role }) => role === "assistant").length;
    for (const event of answer(asked, step, calls)) {
      response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    }
    return response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    requests,
    refused,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function thinks({ thinking }: Asked): boolean {
  return thinking !== undefined && thinking.type !== "disabled";
}

function blocksOf({ content }: Asked["messages"][number]): readonly Block[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

/** What came after the last message that is not only results. */
function toolLoop(messages: Asked["messages"]): Asked["messages"] {
  const begin = messages.findLastIndex(
    (message) => message.role === "user" && blocksOf(message).some(({ type }) => type !== "tool_result"),
  );
  return messages.slice(begin + 1);
}

function problemIn(asked: Asked): string | undefined {
  const loop = toolLoop(asked.messages);
  const offset = asked.messages.length - loop.length;
  const [first] = loop;
  if (thinks(asked) && first !== undefined && !isThought(blocksOf(first)[0])) {
    return `messages.${offset}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${blocksOf(first)[0]?.type}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block.`;
  }
  for (const [index, message] of asked.messages.entries()) {
    for (const block of blocksOf(message)) {
      if (block.type !== "thinking") continue;
      if (block["signature"] !== signature(asked, index, String(block["thinking"]))) {
        return `messages.${index}: The block is bound to a different conversation`;
      }
    }
  }
  return undefined;
}

function isThought(block: Block | undefined): boolean {
  return block?.type === "thinking" || block?.type === "redacted_thinking";
}

/** Over everything before the message at `index`. Marks for the cache come and go, and are no content. */
function signature({ system, tools, messages }: Asked, index: number, thought: string): string {
  const read = JSON.stringify([system, tools, messages.slice(0, index), thought], (key, value) =>
    key === "cache_control" ? undefined : value,
  );
  return createHash("sha256").update(read).digest("base64");
}

function* answer(asked: Asked, step: number, calls: number) {
  const usage = { input_tokens: 10, output_tokens: 1 };
  const message = { id: "msg_1", type: "message", role: "assistant", model: "claude", content: [], usage };
  yield { type: "message_start", message: { ...message, stop_reason: null, stop_sequence: null } };
  let index = 0;
  if (thinks(asked)) {
    const thought = `I have looked ${step} times.`;
    yield { type: "content_block_start", index, content_block: { type: "thinking", thinking: "", signature: "" } };
    for (const thinking of [thought.slice(0, 6), thought.slice(6)])
      yield { type: "content_block_delta", index, delta: { type: "thinking_delta", thinking } };
    const signed = signature(asked, asked.messages.length, thought);
    yield { type: "content_block_delta", index, delta: { type: "signature_delta", signature: signed } };
    yield { type: "content_block_stop", index: index++ };
    const hidden = { type: "redacted_thinking", data: `hidden ${step}` };
    yield { type: "content_block_start", index, content_block: hidden };
    yield { type: "content_block_stop", index: index++ };
  }
  const done = step >= calls;
  const said = { type: "text", text: "" };
  yield { type: "content_block_start", index, content_block: said };
  const words = done ? `done after ${step}` : "Let me look.";
  yield { type: "content_block_delta", index, delta: { type: "text_delta", text: words } };
  yield { type: "content_block_stop", index: index++ };
  if (!done) {
    const call = { type: "tool_use", id: `toolu_${step}`, name: "look", input: {} };
    yield { type: "content_block_start", index, content_block: call };
    const json = { type: "input_json_delta", partial_json: JSON.stringify({ text: `place ${step}` }) };
    yield { type: "content_block_delta", index, delta: json };
    yield { type: "content_block_stop", index: index++ };
  }
  yield {
    type: "message_delta",
    delta: { stop_reason: done ? "end_turn" : "tool_use", stop_sequence: null },
    usage: { output_tokens: 5 },
  };
  yield { type: "message_stop" };
}
