import { type Supervisor, supervisorClient } from "@claw/sandbox-supervisor";
import type Docker from "dockerode";
import { attachContainer } from "./attach.ts";
import { withDeadline } from "./deadline.ts";
import { demultiplex } from "./demultiplex.ts";
import { ENGINE_TIMEOUT_MS, type EngineAddress } from "./engine.ts";
import { reasonOf } from "./errors.ts";

export interface SupervisedStart {
  readonly address: EngineAddress;
  /** Created and not started. */
  readonly container: Docker.Container;
  readonly signal: AbortSignal | undefined;
}

/** What its supervisor may say of why it ended. */
const MAX_LAST_WORDS = 500;

/**
 * Starts a container whose first process is the supervisor. The stream is watched, and the container's state besides,
 * because an engine may keep the stream of a dead container open; either ends the supervisor's `lost`.
 */
export async function startSupervised({ address, container, signal }: SupervisedStart): Promise<Supervisor> {
  const deadline = { timeoutMs: ENGINE_TIMEOUT_MS * 2, signal };
  const socket = await withDeadline({ what: "attaching to a sandbox", ...deadline }, (abortSignal) =>
    attachContainer(address, container.id, abortSignal),
  );
  const client = supervisorClient({ write: (bytes) => socket.write(bytes) });
  let lastWords = "";
  const lose = (why: string) => {
    client.lose(new Error([why, lastWords.trim()].filter(Boolean).join(": ")));
    socket.destroy();
  };
  demultiplex(socket, (stream, bytes) => {
    if (stream === "stdout") client.receive(bytes);
    else if (lastWords.length < MAX_LAST_WORDS) lastWords += Buffer.from(bytes).toString();
  }).then(
    () => lose("its container ended"),
    (error: unknown) => lose(`its connection broke: ${reasonOf(error)}`),
  );
  try {
    await withDeadline({ what: "starting a sandbox", ...deadline }, (abortSignal) => container.start({ abortSignal }));
    container.wait().then(
      ({ StatusCode }: { StatusCode: number }) => lose(`its container ended with ${StatusCode}`),
      // The engine went away, or the container before it could be asked for: the stream says so too.
      () => {},
    );
    const supervisor = await withDeadline({ what: "waiting for the supervisor", ...deadline }, () => client.ready);
    // A stream that says nonsense is left to nobody.
    supervisor.lost.then(() => socket.destroy()).catch(() => {});
    return supervisor;
  } catch (error) {
    lose(reasonOf(error));
    throw error;
  }
}
