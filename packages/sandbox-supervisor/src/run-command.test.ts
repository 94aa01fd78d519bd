import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { supervisorClient } from "./client.ts";
import { type DecodedFrame, encodeFrame, frameDecoder, u16s } from "./codec.ts";
import { Frame } from "./protocol.ts";
import { runCommand } from "./run-command.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => vi.useRealTimers());

const request = {
  argv: ["/bin/true"],
  cwd: "/",
  env: {},
  timeoutMs: 600_000,
  onBytes: () => {},
} as const;

/** A supervisor that answers what `answer` says. */
async function connected(answer: (frame: DecodedFrame) => Buffer | undefined = () => undefined) {
  const decode = frameDecoder((frame) => {
    const bytes = answer(frame);
    if (bytes !== undefined) queueMicrotask(() => client.receive(bytes));
  });
  const client = supervisorClient({ write: decode });
  client.receive(encodeFrame(Frame.ready, 0, u16s(1)));
  return client.ready;
}

test("a supervisor that falls silent under a command loses it in bounded time", async () => {
  const run = expect(runCommand(await connected(), request)).rejects.toMatchObject({
    code: "SANDBOX_LOST",
    message: expect.stringMatching(/gives no answer/),
  });
  await vi.advanceTimersByTimeAsync(40_000);
  await run;
});

test("a supervisor that answers keeps a command until its deadline, and is given some grace to end it", async () => {
  const pong = ({ type }: DecodedFrame) => (type === Frame.ping ? encodeFrame(Frame.pong, 0) : undefined);
  let ended = false;
  const run = runCommand(await connected(pong), request)
    .catch((error: unknown) => error)
    .finally(() => {
      ended = true;
    });
  await vi.advanceTimersByTimeAsync(request.timeoutMs + 10_000);
  expect(ended).toBe(false);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await run).toMatchObject({ code: "SANDBOX_LOST", message: expect.stringMatching(/did not end in time/) });
});

test("an abort waits for the end of the tree, but not for ever", async () => {
  const exit = ({ type, id }: DecodedFrame) =>
    type === Frame.signal ? encodeFrame(Frame.exit, id, Buffer.from([1, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0])) : undefined;
  const controller = new AbortController();
  const ended = runCommand(await connected(exit), { ...request, signal: controller.signal });
  const hanging = runCommand(await connected(), { ...request, signal: controller.signal });
  const outcomes = Promise.allSettled([ended, hanging]);
  controller.abort();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await outcomes).toMatchObject([{ reason: { code: "SANDBOX_ABORTED" } }, { reason: { code: "SANDBOX_LOST" } }]);
});

test("what no supervisor could take is a failed result that says so", async () => {
  const supervisor = await connected();
  const bad = [
    [{ argv: ["/bin/echo", "a\0b"] }, /NUL byte/],
    [{ env: { A: "x\0y" } }, /NUL byte/],
    [{ env: { "A=B": "x" } }, /no proper name/],
    [{ argv: ["/bin/echo", "x".repeat(1_100_000)] }, /bytes long and 1048576 are possible/],
  ] as const;
  for (const [change, message] of bad) {
    let stderr = "";
    const onBytes = (_stream: string, bytes: Uint8Array) => {
      stderr += Buffer.from(bytes).toString();
    };
    expect(await runCommand(supervisor, { ...request, ...change, onBytes })).toEqual({
      exitCode: 126,
      timedOut: false,
    });
    expect(stderr).toMatch(message);
  }
});
