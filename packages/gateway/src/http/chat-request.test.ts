import fc from "fast-check";
import { expect, test } from "vitest";
import { readChatRequest } from "./chat-request.ts";

const read = (body: unknown) =>
  readChatRequest(
    new Request("http://x/", { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) }),
  );
const user = (content: unknown) => ({ role: "user", content });

test("a lone message is taken as it is, parts are joined", async () => {
  expect(await read({ model: "m", messages: [user("hi")] })).toEqual({
    model: "m",
    text: "hi",
    stream: false,
    includeUsage: false,
    user: undefined,
  });
  const parts = [
    { type: "text", text: "a" },
    { type: "text", text: "b" },
  ];
  expect(await read({ model: "m", messages: [user(parts)] })).toMatchObject({ text: "ab" });
});

test("what came before is told, except to a user whose session knows it", async () => {
  const messages = [user("one"), { role: "assistant", content: "two" }, user("three")];
  expect(await read({ model: "m", messages })).toMatchObject({
    text: expect.stringMatching(/user: one[\s\S]*assistant: two[\s\S]*three$/),
  });
  expect(await read({ model: "m", messages, user: "ann" })).toMatchObject({ text: "three", user: "ann" });
});

test.each([
  ["no JSON", "{", "body: expected JSON"],
  ["no messages", { model: "m" }, "messages"],
  ["no model", { messages: [user("hi")] }, "model"],
  ["no user message", { model: "m", messages: [{ role: "system", content: "x" }] }, "user message with text"],
  ["a picture", { model: "m", messages: [user([{ type: "image_url" }])] }, "found image_url"],
])("%s is refused with its place", async (_, body, expected) => {
  expect(await read(body)).toEqual(expect.stringContaining(expected));
});

test("no body makes it throw", async () => {
  await fc.assert(fc.asyncProperty(fc.json(), async (body) => void (await read(body))));
});
