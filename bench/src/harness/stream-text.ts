import type { StreamTextProcedures } from "../processes/stream-text.ts";
import type { ModelServer } from "./model-server.ts";
import { startRemote } from "./remote.ts";
import type { TakeTurns } from "./turns.ts";

export interface BareChat extends AsyncDisposable {
  readonly takeTurns: TakeTurns;
}

/** The floor of a turn: bare `streamText` calls with the system text and the tools of the last request to the model. */
export async function startStreamText(model: ModelServer): Promise<BareChat> {
  const prompt = await model.lastPrompt();
  const remote = startRemote<StreamTextProcedures>("stream-text.ts");
  return {
    takeTurns: (wanted) => remote.call("takeTurns", { baseUrl: model.baseUrl, prompt, ...wanted }),
    [Symbol.asyncDispose]: () => remote[Symbol.asyncDispose](),
  };
}
