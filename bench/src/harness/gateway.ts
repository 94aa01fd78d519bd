import type { WebSocketConstructor } from "@claw/client";
import { WebSocket } from "ws";
import { type RunningGateway, type StartOptions, startGateway } from "../../../test/e2e/harness/gateway.ts";
import type { ModelServer } from "./model-server.ts";
import { type TakeTurns, turnsThrough } from "./turns.ts";

export interface MeasureOptions extends Pick<StartOptions, "env" | "through"> {
  readonly config?: Readonly<Record<string, unknown>>;
}

export interface MeasuredGateway
  extends AsyncDisposable,
    Pick<RunningGateway, "pid" | "stateDir" | "webSocketUrl" | "token"> {
  readonly takeTurns: TakeTurns;
}

/** Cheaper than the platform's, so that the driver takes less from the gateway; what the client uses of both is alike. */
const lightWebSocket = WebSocket as unknown as WebSocketConstructor;

/** Starts the built gateway on a fresh state directory with the fake model. Resolves when a client is connected. */
export async function startMeasured(model: ModelServer, options: MeasureOptions = {}): Promise<MeasuredGateway> {
  const gateway = await startGateway({ ...options, config: { ...model.config, ...options.config } });
  const client = await gateway.connect({ caps: [], reconnect: false, WebSocket: lightWebSocket });
  return {
    ...gateway,
    takeTurns: turnsThrough(client),
    async [Symbol.asyncDispose]() {
      client.close();
      await gateway[Symbol.asyncDispose]();
    },
  };
}
