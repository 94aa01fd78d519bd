import fc from "fast-check";
import { expect, test } from "vitest";
import { supervisorClient } from "./client.ts";
import { type DecodedFrame, encodeFrame, frameDecoder, u16s, u32 } from "./codec.ts";
import { FRAME_PAYLOAD_MAX, Frame, INPUT_WINDOW, OUTPUT_WINDOW } from "./protocol.ts";

const request = { argv: ["/bin/true"], cwd: "/", env: {} } as const;
const READY = encodeFrame(Frame.ready, 0, u16s(1));

/** A client and what it sent; the test plays the supervisor. */
async function connected() {
  const sent: { type: number; id: number; payload: Buffer }[] = [];
  const decode = frameDecoder(({ type, id, payload }: DecodedFrame) =>
    sent.push({ type, id, payload: Buffer.from(payload) }),
  );
  const client = supervisorClient({ write: decode });
  client.receive(READY);
  return { client, sent, supervisor: await client.ready };
}

const anyFrame = fc
  .record({
    type: fc.oneof(fc.constantFrom(...Object.values(Frame)), fc.integer({ min: 0, max: 255 })),
    id: fc.integer({ min: 0, max: 3 }),
    payload: fc.uint8Array({ maxLength: 20 }),
  })
  .map(({ type, id, payload }) => encodeFrame(type, id, payload));

test("whatever a stream says, nothing is thrown and every question is answered", async () => {
  const streams = fc.array(fc.oneof({ weight: 5, arbitrary: anyFrame }, fc.uint8Array({ maxLength: 30 })));
  await fc.assert(
    fc.asyncProperty(streams, async (chunks) => {
      const { client, supervisor } = await connected();
      const answers = [
        supervisor.exec(request, () => {}).exit,
        supervisor.list(),
        supervisor.ping(),
        supervisor.listen(3128, (connection) => connection.on("error", () => {}).resume()),
      ];
      for (const chunk of chunks) client.receive(chunk);
      client.lose(new Error("over"));
      expect(await Promise.allSettled(answers)).toHaveLength(4);
      expect(await supervisor.lost).toBeInstanceOf(Error);
    }),
  );
});

test("a stream that says what makes no sense is lost, with what ran on it", async () => {
  const nonsense = {
    "before it is ready": undefined,
    "ready twice": READY,
    "output of nobody": encodeFrame(Frame.stdout, 77, Buffer.from("x")),
    "the exit of nobody": encodeFrame(Frame.exit, 77, Buffer.alloc(11)),
    "half an exit": encodeFrame(Frame.exit, 1, Buffer.alloc(5)),
    "an answer without a question": encodeFrame(Frame.pong, 0),
    "more credit than was used": encodeFrame(Frame.stdinCredit, 1, u32(INPUT_WINDOW + 1)),
    "a connection to nobody": encodeFrame(Frame.netOpen, 1),
    "a frame of the other direction": encodeFrame(Frame.exec, 1),
  };
  for (const [what, frame] of Object.entries(nonsense)) {
    const { client, supervisor } = await connected();
    const command = supervisor.exec(request, () => {});
    if (frame === undefined) {
      const early = supervisorClient({ write: () => {} });
      early.receive(encodeFrame(Frame.pong, 0));
      await expect(early.ready, what).rejects.toThrow(/malformed/);
      continue;
    }
    client.receive(frame);
    await expect(command.exit, what).rejects.toThrow(/malformed/);
    await expect(supervisor.ping(), what).rejects.toThrow(/malformed/);
  }
});

test("another version of the protocol is refused", async () => {
  const client = supervisorClient({ write: () => {} });
  client.receive(encodeFrame(Frame.ready, 0, u16s(2)));
  await expect(client.ready).rejects.toThrow(/version 2, not 1/);
});

test("credit goes out as output is consumed", async () => {
  const { client, supervisor, sent } = await connected();
  const command = supervisor.exec(request, () => {});
  for (let frame = 0; frame < 8; frame++) {
    client.receive(encodeFrame(Frame.stdout, command.id, new Uint8Array(FRAME_PAYLOAD_MAX)));
  }
  const granted = sent
    .filter(({ type }) => type === Frame.credit)
    .reduce((sum, { payload }) => sum + payload.readUInt32BE(), 0);
  expect(granted).toBe(8 * FRAME_PAYLOAD_MAX);
  expect(granted).toBeGreaterThan(OUTPUT_WINDOW);
});

test("input stays within what was granted, and its end comes last", async () => {
  const { client, supervisor, sent } = await connected();
  const command = supervisor.exec(request, () => {});
  const bytes = Buffer.alloc(3 * INPUT_WINDOW, "abc");
  const written = command.write(bytes);
  command.end();
  const input = () => Buffer.concat(sent.filter(({ type }) => type === Frame.stdin).map(({ payload }) => payload));
  for (let round = 1; round < 3; round++) {
    expect(input().length).toBe(round * INPUT_WINDOW);
    client.receive(encodeFrame(Frame.stdinCredit, command.id, u32(INPUT_WINDOW)));
  }
  await written;
  expect(input().equals(bytes)).toBe(true);
  expect(sent.at(-1)?.type).toBe(Frame.stdinEof);
});

test("input that a command leaves behind keeps nobody waiting", async () => {
  const { client, supervisor } = await connected();
  const command = supervisor.exec(request, () => {});
  const written = command.write(new Uint8Array(10 * INPUT_WINDOW));
  client.receive(encodeFrame(Frame.exit, command.id, Buffer.alloc(11)));
  await written;
  expect(await command.exit).toMatchObject({ exitCode: 0 });
});
