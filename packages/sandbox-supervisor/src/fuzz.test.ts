import { once } from "node:events";
import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeFrame } from "./codec.ts";
import { encodeExec } from "./messages.ts";
import { bashRequest, compiled, spawnSupervisor } from "./native.fixture.ts";
import { Frame, INPUT_WINDOW } from "./protocol.ts";

const frame = fc
  .record({
    type: fc.oneof(fc.constantFrom(...Object.values(Frame)), fc.integer({ min: 0, max: 255 })),
    id: fc.integer({ min: 0, max: 2 }),
    payload: fc.uint8Array({ maxLength: 40 }),
  })
  .map(({ type, id, payload }) => encodeFrame(type, id, payload));

const harmless = fc
  .record({
    id: fc.integer({ min: 0, max: 2 }),
    script: fc.constantFrom("exit 1", "cat", "echo x; exec sleep 9", "yes"),
  })
  .map(({ id, script }) => encodeExec(id, bashRequest(script, { timeoutMs: 200 })));

/** What the program did with a stream that then ended. */
async function outcome(program: string, bytes: Uint8Array): Promise<{ code: unknown; said: string }> {
  const child = spawnSupervisor(program);
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  child.stdout.resume();
  child.stdin.on("error", () => {});
  child.stdin.end(bytes);
  const [code] = await once(child, "close");
  return { code, said };
}

test("whatever the stream brings, the supervisor ends properly or refuses it, with no wrong access to memory", async () => {
  const program = compiled("sanitized");
  const streams = fc
    .array(
      fc.oneof({ weight: 4, arbitrary: frame }, { weight: 2, arbitrary: harmless }, fc.uint8Array({ maxLength: 30 })),
    )
    .map((chunks) => Buffer.concat(chunks));
  await fc.assert(
    fc.asyncProperty(streams, async (bytes) => {
      const { code, said } = await outcome(program, bytes);
      expect([0, 65]).toContain(code);
      expect(said.replace(/^claw-supervisor: the gateway broke the protocol: .*\n$/, "")).toBe("");
    }),
    { numRuns: 60 },
  );
}, 120_000);

test("each broken promise is refused with its name", async () => {
  const program = compiled("sanitized");
  const tooLong = Buffer.alloc(9);
  tooLong.writeUInt32BE(65_537);
  const request = encodeExec(1, bashRequest("exec sleep 9"));
  const truncated = encodeFrame(Frame.exec, 1, request.subarray(9, -1));
  const breaches: readonly (readonly [RegExp, Uint8Array])[] = [
    [/longer than the cap/, tooLong],
    [/unknown type/, encodeFrame(0, 0)],
    [/unknown type/, encodeFrame(Frame.stdout, 0)],
    [/too short/, encodeFrame(Frame.exec, 1, Buffer.alloc(12))],
    [/no program/, encodeFrame(Frame.exec, 1, Buffer.alloc(13))],
    [/has no end/, truncated],
    [/bytes after its end/, encodeFrame(Frame.exec, 1, Buffer.concat([request.subarray(9), Buffer.from("x\0")]))],
    [/two commands with one id/, Buffer.concat([request, request])],
    [
      /before the last one was complete/,
      Buffer.concat([encodeFrame(Frame.execPart, 1, Buffer.from("x")), request.fill(2, 8, 9)]),
    ],
    [/not as long as its kind/, encodeFrame(Frame.signal, 1)],
    [/more stdin than was granted/, moreThanGranted()],
    [
      /more credit/,
      Buffer.concat([encodeExec(1, bashRequest("exec sleep 9")), encodeFrame(Frame.credit, 1, Buffer.alloc(4, 255))]),
    ],
    [/no port/, encodeFrame(Frame.netListen, 0)],
  ];
  for (const [message, bytes] of breaches) {
    expect(await outcome(program, bytes)).toEqual({ code: 65, said: expect.stringMatching(message) });
  }
}, 60_000);

function moreThanGranted(): Buffer {
  const input = encodeFrame(Frame.stdin, 1, Buffer.alloc(INPUT_WINDOW));
  return Buffer.concat([encodeExec(1, bashRequest("exec sleep 9")), input, input, input]);
}
