import fc from "fast-check";
import { expect, test } from "vitest";
import { readResponsesRequest } from "./responses-request.ts";

const read = (body: unknown) =>
  readResponsesRequest(
    new Request("http://x/", { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) }),
  );
const message = (role: string, content: unknown) => ({ type: "message", role, content });

test("a text is taken as it is, with the instructions before it", async () => {
  expect(await read({ model: "m", input: "hi" })).toEqual({
    model: "m",
    text: "hi",
    stream: false,
    instructions: undefined,
    previous: undefined,
    user: undefined,
    metadata: {},
  });
  expect(await read({ model: "m", input: "hi", instructions: "Be brief." })).toMatchObject({
    text: expect.stringMatching(/Be brief\.[\s\S]*hi$/),
  });
});

test("items are told in their order; what a standing session knows is not told again", async () => {
  const input = [
    message("user", [{ type: "input_text", text: "one" }]),
    { type: "reasoning", summary: [] },
    message("assistant", [{ type: "output_text", text: "two" }]),
    { role: "user", content: "three" },
  ];
  const told = expect.stringMatching(/user: one[\s\S]*assistant: two[\s\S]*three$/);
  expect(await read({ model: "m", input })).toMatchObject({ text: told });
  expect(await read({ model: "m", input, user: "ann" })).toMatchObject({ text: "three", user: "ann" });
  expect(await read({ model: "m", input, user: "ann", previous_response_id: "resp_1" })).toMatchObject({ text: told });
});

test.each([
  ["no JSON", "{", "body: expected JSON"],
  ["no input", { model: "m" }, "input"],
  ["no model", { input: "hi" }, "model"],
  ["nothing to answer", { model: "m", input: [message("system", "x")] }, "user message with text"],
  ["a picture", { model: "m", input: [message("user", [{ type: "input_image" }])] }, "found input_image"],
  ["a tool result", { model: "m", input: [{ type: "function_call_output" }] }, "found function_call_output"],
  ["work in the background", { model: "m", input: "hi", background: true }, "background"],
  ["a kept conversation", { model: "m", input: "hi", conversation: "conv_1" }, "previous_response_id"],
  ["metadata of another kind", { model: "m", input: "hi", metadata: { a: 1 } }, "metadata.a"],
])("%s is refused with its place", async (_, body, expected) => {
  expect(await read(body)).toEqual(expect.stringContaining(expected));
});

test("no body makes it throw", async () => {
  await fc.assert(fc.asyncProperty(fc.json(), async (body) => void (await read(body))));
  const items = fc.array(fc.record({ type: fc.string(), role: fc.string(), content: fc.jsonValue() }));
  await fc.assert(fc.asyncProperty(items, async (input) => void (await read({ model: "m", input }))));
});
