import { type Clock, systemClock } from "@claw/core";
import type { ModelsOptions } from "./options.ts";
import { builtInProviders } from "./providers.ts";

const PROBE_MS = 300;
const MAX_PROBE_BYTES = 256 * 1024;

export interface DetectModelsOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch?: typeof fetch;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
}

export interface DetectedModels {
  readonly options: Pick<ModelsOptions, "providers" | "default">;
  /** For people: what is used and why. */
  readonly summary: string;
}

/**
 * What to use when no model is configured: the first provider whose key is in `env`, else a model server on this
 * machine, else the offline demo. Answers within 300 ms, and never rejects.
 */
export async function detectModels(options: DetectModelsOptions): Promise<DetectedModels> {
  for (const [id, { name, keyVariable, defaultModel }] of Object.entries(builtInProviders)) {
    if (keyVariable === undefined || !options.env[keyVariable]) continue;
    const model = `${id}/${defaultModel}`;
    return found(id, model, `Using ${name} (${model}), because ${keyVariable} is set.`);
  }
  const [ollama, lmstudio] = await Promise.all([
    probe("http://127.0.0.1:11434/api/tags", "models", "name", options),
    probe("http://127.0.0.1:1234/v1/models", "data", "id", options),
  ]);
  if (ollama !== undefined) return found("ollama", `ollama/${ollama}`, local("Ollama", `ollama/${ollama}`));
  if (lmstudio !== undefined)
    return found("lmstudio", `lmstudio/${lmstudio}`, local("LM Studio", `lmstudio/${lmstudio}`));
  const variables = Object.values(builtInProviders).flatMap(({ keyVariable }) => keyVariable ?? []);
  return {
    options: { default: "demo/offline" },
    summary: `Using the built-in offline demo, because none of ${variables.join(", ")} is set and neither Ollama nor LM Studio answers on this machine.`,
  };
}

function found(provider: string, model: string, summary: string): DetectedModels {
  return { options: { providers: { [provider]: {} }, default: model }, summary };
}

function local(name: string, model: string): string {
  return `Using ${name} on this machine (${model}), because no API key is set and it is running.`;
}

/** The ids in a listing like `{ data: [{ id }] }`, without models that only embed, which can't chat. */
function chatModels(body: unknown, list: string, id: string): readonly string[] {
  const entries = field(body, list);
  if (!Array.isArray(entries)) return [];
  return entries
    .map((entry) => field(entry, id))
    .filter((name): name is string => typeof name === "string" && !/embed/i.test(name));
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

/** The first chat model a server lists; `undefined` when there is no such server, it is slow, or it has none. */
async function probe(
  url: string,
  list: string,
  id: string,
  { fetch: ask = fetch, clock = systemClock, signal }: DetectModelsOptions,
): Promise<string | undefined> {
  const cancel = new AbortController();
  const onAbort = () => cancel.abort();
  const stop = clock.after(PROBE_MS, onAbort);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    if (signal?.aborted) return undefined;
    const response = await ask(url, { signal: cancel.signal, redirect: "error" });
    let text = "";
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length > MAX_PROBE_BYTES) return undefined;
    }
    return chatModels(JSON.parse(text), list, id)[0];
  } catch {
    return undefined;
  } finally {
    stop();
    signal?.removeEventListener("abort", onAbort);
  }
}
