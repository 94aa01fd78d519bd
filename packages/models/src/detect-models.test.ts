import { expect, test } from "vitest";
import { detectModels } from "./detect-models.ts";
import { handClock } from "./fixtures/hand-clock.ts";

const refused: typeof fetch = async () => {
  throw new TypeError("fetch failed");
};

/** Stands in for the two fixed local addresses. */
function serving(bodies: Readonly<Record<string, unknown>>): typeof fetch {
  return async (url) => {
    const body = bodies[new URL(String(url)).port];
    if (body === undefined) throw new TypeError("fetch failed");
    return new Response(typeof body === "string" ? body : JSON.stringify(body));
  };
}

const tags = { models: [{ name: "nomic-embed-text:latest" }, { name: "llama4:8b" }, { name: "qwen4" }] };

test("the first key in the order of preference decides", async () => {
  const { options, summary } = await detectModels({
    env: { OPENROUTER_API_KEY: "b", OPENAI_API_KEY: "a", ANTHROPIC_API_KEY: "" },
    fetch: refused,
  });
  expect(options.default).toMatch(/^openai\//);
  expect(summary).toBe(`Using OpenAI (${options.default}), because OPENAI_API_KEY is set.`);
});

test("without a key a running Ollama is used, then LM Studio", async () => {
  const both = serving({ 11434: tags, 1234: { data: [{ id: "phi-5" }] } });
  expect((await detectModels({ env: {}, fetch: both })).options).toEqual({
    providers: { ollama: {} },
    default: "ollama/llama4:8b",
  });
  const second = serving({ 11434: "<html>", 1234: { data: [{ id: "phi-5" }] } });
  expect((await detectModels({ env: {}, fetch: second })).summary).toContain(
    "LM Studio on this machine (lmstudio/phi-5)",
  );
});

test("with nothing there the demo is used and the sentence says why", async () => {
  for (const fetch of [refused, serving({ 11434: { models: [] }, 1234: "x".repeat(300_000) })]) {
    const { options, summary } = await detectModels({ env: {}, fetch });
    expect(options).toEqual({ default: "demo/offline" });
    expect(summary).toMatch(
      /^Using the built-in offline demo, because none of ANTHROPIC_API_KEY, .* is set and neither/,
    );
  }
});

test("a server that does not answer in time is passed over", async () => {
  const silent: typeof fetch = (_, init) =>
    new Promise((_resolve, reject) => init?.signal?.addEventListener("abort", () => reject(new Error("aborted"))));
  const { clock, delays } = handClock();
  expect((await detectModels({ env: {}, fetch: silent, clock })).options.default).toBe("demo/offline");
  expect(delays).toEqual([300, 300]);
});
