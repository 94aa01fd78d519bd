import { randomUUID } from "node:crypto";
import type { Duplex } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildSetupImage } from "./build-setup.ts";
import { dockerSandbox } from "./docker-sandbox.ts";
import { type TemporaryDirectory, temporaryDirectory, testEngine, whyNoEngine } from "./engine.fixture.ts";
import type { ImageSetup } from "./setup-image.ts";

const reason = await whyNoEngine();

describe.skipIf(reason !== undefined)(`an image's setup${reason === undefined ? "" : `, skipped: ${reason}`}`, () => {
  const mark = randomUUID();
  let connections = 0;
  /** Answers every request with a program. */
  const network = {
    connect(connection: Duplex): void {
      connections++;
      connection
        .on("error", () => {})
        .once("data", () => {
          const body = "#!/bin/sh\necho a tool that was downloaded\n";
          connection.end(`HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
        });
    },
  };
  const setup: ImageSetup = {
    // The pauses make pieces of one line, which progress has to show as a line.
    command: `id -u; for letter in s l o w; do printf $letter; sleep 0.05; done; curl -fsS http://files.test/tool > /usr/local/bin/a-tool && chmod 755 /usr/local/bin/a-tool; touch /tmp/left; : ${mark}`,
    network,
    allow: ["files.test"],
  };
  let directory: TemporaryDirectory;
  const made: string[] = [];

  beforeAll(async () => {
    directory = await temporaryDirectory();
  });
  afterAll(async () => {
    const engine = await testEngine();
    await Promise.allSettled(made.map((name) => engine.getImage(name).remove()));
    await directory[Symbol.asyncDispose]();
  });

  const build = async (given: ImageSetup, lines: string[] = []) => {
    const name = await buildSetupImage({ setup: given, onProgress: (line) => lines.push(line) });
    if (!made.includes(name)) made.push(name);
    return name;
  };

  test("is done once by root, over a network of its own, and kept as a layer", async () => {
    const lines: string[] = [];
    const name = await build(setup, lines);
    expect(lines).toEqual(expect.arrayContaining(["0", "slow"]));
    expect(await build(setup)).toBe(name);
    expect(connections).toBe(1);
    const { Config } = await (await testEngine()).getImage(name).inspect();
    expect(Config.User).toBe("agent");
    expect(JSON.stringify(Config)).not.toContain("PROXY");
    // Another rule or command makes another layer.
    expect(await build({ ...setup, allow: ["files.test", "more.test"] })).not.toBe(name);
  });

  test("is what sandboxes are made of, which have neither its network nor its rights", async () => {
    const provider = dockerSandbox({ stateDir: directory.path, setup });
    await using lease = await provider.acquire({ key: "setup", workspace: { access: "none" }, network: "none" });
    const { stdout } = await lease.sandbox.run(
      "a-tool; id -u; ls /tmp; echo x > /usr/local/bin/a-tool || echo refused",
    );
    expect(stdout).toBe("a tool that was downloaded\n10001\nrefused\n");
    expect((await lease.sandbox.run("env; curl -sS --max-time 2 http://127.0.0.1:3128/")).stdout).not.toContain(
      "PROXY",
    );
    expect(connections).toBe(2);
    const engine = await testEngine();
    const supervised = await engine.listImages({ filters: { label: [`claw.supervised=${await build(setup)}`] } });
    made.unshift(...supervised.flatMap(({ RepoTags }) => RepoTags ?? []));
  });

  test("that fails leaves nothing, says what the command said, and can be tried again", async () => {
    const failing = { ...setup, command: `echo no such package >&2; exit 7; : ${mark}` };
    await expect(build(failing)).rejects.toMatchObject({
      code: "SANDBOX_UNAVAILABLE",
      message: "The setup command ended with 7: no such package",
    });
    const engine = await testEngine();
    const containers = await engine.listContainers({ all: true, filters: { name: ["claw-setup-"] } });
    expect(containers).toEqual([]);
  });

  test("without a rule reaches nothing, and stops with its caller", async () => {
    const closed: ImageSetup = { ...setup, network: "none", allow: [] };
    await expect(build({ ...closed, command: `: ${mark}; curl -sS http://files.test/tool` })).rejects.toThrow(
      /ended with 6/,
    );
    const stop = new AbortController();
    const endless = { ...closed, command: `echo begun; sleep 600; : ${mark}` };
    const onProgress = (line: string) => line === "begun" && stop.abort();
    await expect(buildSetupImage({ setup: endless, onProgress, signal: stop.signal })).rejects.toMatchObject({
      code: "SANDBOX_ABORTED",
    });
  });
});
