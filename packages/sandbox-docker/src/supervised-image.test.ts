import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import { supervisorProgram } from "@claw/sandbox-supervisor";
import { describe, expect, test } from "vitest";
import { attachContainer } from "./attach.ts";
import { temporaryDirectory, testEngine, whyNoEngine } from "./engine.fixture.ts";
import { engineAddress } from "./engine.ts";
import { buildContext, DEFAULT_IMAGE } from "./image.ts";
import { superviseImage } from "./supervised-image.ts";

const reason = await whyNoEngine();

describe.skipIf(reason !== undefined)(`an image${reason === undefined ? "" : `, skipped: ${reason}`}`, () => {
  test("takes the supervisor in as one small layer, once, and again when it was replaced", async () => {
    const engine = await testEngine();
    const image = `claw-test-${randomUUID()}:1`;
    const step = { engine, onProgress: () => {}, signal: undefined };
    const replace = (content: string) =>
      buildContext(step, [{ path: "Dockerfile", text: `FROM ${DEFAULT_IMAGE}\nENV CONTENT=${content}\n` }], {
        t: image,
      });
    await using made = new AsyncDisposableStack();
    made.defer(() => engine.getImage(image).remove());
    await replace("one");
    const name = await superviseImage(step, image);
    expect(await superviseImage(step, image)).toBe(name);
    const [base, supervised] = await Promise.all([image, name].map((one) => engine.getImage(one).inspect()));
    expect(supervised?.RootFS.Layers).toHaveLength((base?.RootFS.Layers?.length ?? 0) + 1);
    expect((supervised?.Size ?? 0) - (base?.Size ?? 0)).toBeLessThan(100_000);

    await replace("two");
    const next = await superviseImage(step, image);
    made.defer(() => engine.getImage(next).remove());
    expect(next).not.toBe(name);
    await expect(engine.getImage(name).inspect()).rejects.toMatchObject({ statusCode: 404 });
  });

  test("of another architecture has a program of its own or none", () => {
    expect(supervisorProgram("m68k")).toBeUndefined();
    expect(supervisorProgram()).toMatch(/claw-supervisor-(x64|arm64)$/);
  });
});

test("an engine that does not attach is a rejection with its answer", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "engine.sock");
  const server = createServer((_request, response) => response.writeHead(403).end()).listen(path);
  await once(server, "listening");
  const attached = attachContainer(engineAddress(`unix://${path}`), "some", AbortSignal.timeout(5_000));
  await expect(attached).rejects.toThrow(/HTTP 403/);
  server.close();
});
