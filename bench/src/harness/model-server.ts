import type { ModelProcedures, Prompt } from "../processes/model-server.ts";
import { startRemote } from "./remote.ts";

/** An OpenAI-compatible server that answers at once with 20 tokens, in a process of its own. */
export interface ModelServer extends AsyncDisposable {
  readonly baseUrl: string;
  /** What `openclaw.json` says to make it every agent's model. */
  readonly config: Readonly<Record<string, unknown>>;
  lastPrompt(): Promise<Prompt>;
  takeRoundTrips(): Promise<readonly number[]>;
}

/** The window is one that no conversation fills unless said: the floor sends its whole conversation as well. */
export async function startModelServer({ contextWindow = 1_000_000 } = {}): Promise<ModelServer> {
  const remote = startRemote<ModelProcedures>("model-server.ts");
  const baseUrl = await remote.call("baseUrl");
  return {
    baseUrl,
    config: {
      models: { providers: { bench: { baseUrl, models: [{ id: "bench", contextWindow }] } } },
      agents: { defaults: { model: "bench/bench" } },
    },
    lastPrompt: () => remote.call("lastPrompt"),
    takeRoundTrips: () => remote.call("takeRoundTrips"),
    [Symbol.asyncDispose]: () => remote[Symbol.asyncDispose](),
  };
}
