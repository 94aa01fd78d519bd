import { join } from "node:path";
import type { GatewayClient } from "@claw/client";
import { temporaryDirectory } from "./directory.ts";
import { type Answer, type FakeModel, startFakeModel } from "./fake-model.ts";
import { type RunningGateway, startGateway } from "./gateway.ts";

/** A gateway with one client. */
interface Opened extends AsyncDisposable {
  readonly gateway: RunningGateway;
  readonly client: GatewayClient;
}

/** A model and a state directory that outlive the gateways started on them. */
export interface Scene extends AsyncDisposable {
  readonly model: FakeModel;
  readonly stateDir: string;
  /** A file in the workspace: commands append to it, which shows how often they really ran. */
  readonly effects: string;
  open(): Promise<Opened>;
  /** Opens a gateway, and kills it as soon as `moment` has come. */
  killedAfter(moment: (opened: Opened) => Promise<unknown>): Promise<void>;
}

export async function createScene(
  answers: readonly [Answer, ...Answer[]],
  config: object = {},
  flags: readonly string[] = [],
): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const { path: stateDir } = stack.use(await temporaryDirectory());
  const model = stack.use(await startFakeModel(...answers));
  const owned = stack.move();

  const open = async (): Promise<Opened> => {
    const gateway = await startGateway({ stateDir, config: { ...model.config, ...config }, flags });
    const client = await gateway.connect({ reconnect: false });
    return {
      gateway,
      client,
      async [Symbol.asyncDispose]() {
        client.close();
        await gateway.stop();
      },
    };
  };
  return {
    model,
    stateDir,
    effects: join(stateDir, "workspace", "effects.txt"),
    open,
    async killedAfter(moment) {
      await using opened = await open();
      await moment(opened);
      await opened.gateway.stop("SIGKILL");
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** A command that leaves one line in the scene's effects. */
export const leaveMark = (mark: string): string => `echo ${mark} >> /workspace/effects.txt`;
