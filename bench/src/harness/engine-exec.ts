import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";

const SOCKET = "/var/run/docker.sock";

/** Times `true` in a gateway's own sandbox over the engine's API. */
export async function timeEngineExecs(gatewayPid: number, count: number): Promise<readonly number[]> {
  const container = await sandboxOf(gatewayPid);
  const timings: number[] = [];
  for (let number = 0; number < count; number++) {
    const beganMs = performance.now();
    await engineExec(container, ["true"]);
    timings.push(performance.now() - beganMs);
  }
  return timings;
}

/** The least the engine's API asks for to run a command: create, start and read, inspect. */
export async function engineExec(container: string, argv: readonly string[]): Promise<void> {
  const { Id } = await ask("POST", `/containers/${container}/exec`, {
    Cmd: argv,
    AttachStdout: true,
    AttachStderr: true,
  });
  await ask("POST", `/exec/${Id}/start`, { Detach: false, Tty: false });
  await ask("GET", `/exec/${Id}/json`);
}

async function sandboxOf(gatewayPid: number): Promise<string> {
  const filters = encodeURIComponent(JSON.stringify({ label: ["claw.process"] }));
  const containers = await ask("GET", `/containers/json?filters=${filters}`);
  const found = containers.find(({ Labels }: { Labels: Record<string, string> }) =>
    Labels["claw.process"]?.startsWith(`${gatewayPid}.`),
  );
  if (found === undefined) throw new Error("the gateway has no container");
  return found.Id;
}

/** The answer as JSON; `undefined` when it is none, as a command's output. */
async function ask(method: "GET" | "POST", path: string, body?: object) {
  const sent = request({ socketPath: SOCKET, method, path, headers: { "content-type": "application/json" } });
  sent.end(body && JSON.stringify(body));
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  const answer = await text(response);
  return response.headers["content-type"]?.includes("json") ? JSON.parse(answer) : undefined;
}
