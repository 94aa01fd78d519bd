import { expect, test } from "vitest";
import { ask } from "./harness/chat.ts";
import { nameImage } from "./harness/docker.ts";
import { noEngine } from "./harness/engine.ts";
import { fakeInternet } from "./harness/fake-internet.ts";
import { callTool, say, startFakeModel } from "./harness/fake-model.ts";
import { startGateway } from "./harness/gateway.ts";
import { filesWith } from "./harness/planted.ts";

const unavailable = await noEngine();

test.skipIf(unavailable !== undefined)(
  `an agent's image is set up once over a network of its own, which its sandbox has not${unavailable ? ` (${unavailable})` : ""}`,
  async () => {
    const heard: (string | undefined)[] = [];
    await using internet = await fakeInternet({
      "tools.test": {
        listener({ url }, response) {
          heard.push(url);
          response.end("#!/bin/sh\necho a tool of this agent\n");
        },
      },
    });
    const install = "curl -fsS http://tools.test/a-tool > /usr/local/bin/a-tool && chmod 755 /usr/local/bin/a-tool";
    await using image = await nameImage();
    const docker = { image: image.name, setupCommand: `: ${image.name}; ${install}`, setupAllow: ["tools.test"] };
    await using model = await startFakeModel(callTool("exec", { command: "a-tool; echo [$HTTP_PROXY]" }), say("done"));
    const agents = { ...model.config.agents, list: [{ id: "default", sandbox: { docker } }] };
    const config = { ...model.config, agents, sandbox: { backend: "docker" } };
    await using gateway = await startGateway({ config, env: internet.env });
    const client = await gateway.connect();
    await ask(client, "go");
    const read = model.requests.at(-1)?.body.messages.findLast(({ role }) => role === "tool")?.content;
    expect(read).toBe("a tool of this agent\n[]");
    expect(heard).toEqual(["/a-tool"]);
    client.close();
    await gateway.stop();
    expect(await filesWith(['sandbox.docker.setupAllow[0] \\"tools.test\\"'], [gateway.stateDir])).not.toEqual([]);
  },
);
