import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ask, historyOf, send, settled } from "./harness/chat.ts";
import { linesOf, untilLine } from "./harness/directory.ts";
import { containersWith, fragileEngine } from "./harness/docker.ts";
import { noEngine } from "./harness/engine.ts";
import { callTool, say } from "./harness/fake-model.ts";
import { startGateway } from "./harness/gateway.ts";
import { createScene, leaveMark } from "./harness/scene.ts";

const docker = { sandbox: { backend: "docker", docker: { warm: 0 } } };
const missing = await noEngine();

test("a gateway that is told to use Docker and finds none refuses to start and says how to mend it", async () => {
  const nowhere = "unix:///nonexistent/docker.sock";
  const starting = startGateway({ config: docker, env: { DOCKER_HOST: nowhere } });
  await expect(starting).rejects.toThrow(/ended \(69\)/);
  await expect(starting).rejects.toThrow(
    /sandbox\.backend is "docker"[\s\S]*docker\.sock[\s\S]*Install and start Docker/,
  );
});

describe.skipIf(missing !== undefined)(`with an engine${missing === undefined ? "" : ` (${missing})`}`, () => {
  test("a container that was running a command when its gateway was killed is gone, and the command not repeated", async () => {
    const command = `${leaveMark("running")}; sleep 600`;
    await using given = await createScene(
      [callTool("exec", { command }), callTool("exec", { command: leaveMark("next") }), say("done")],
      docker,
    );
    const workspace = join(given.stateDir, "workspace");
    let before: readonly string[] = [];
    await given.killedAfter(async ({ client }) => {
      await send(client, "a");
      await untilLine(given.effects, "running");
      before = await containersWith(workspace);
    });
    expect(before.length).toBeGreaterThan(0);

    await using restarted = await given.open();
    expect(await settled(restarted.client, "a")).toBe("ok");
    expect(await linesOf(given.effects)).toEqual(["running", "next"]);
    const after = await containersWith(workspace);
    expect(after.length).toBeGreaterThan(0);
    expect(after.filter((id) => before.includes(id))).toEqual([]);
    expect((await historyOf(restarted.client)).join("\n")).toContain("Outcome unknown");
    await restarted.gateway.stop();
    expect(await containersWith(workspace)).toEqual([]);
  });

  test("an engine that goes away in the middle of a command is a result for the model, and one that is back works", async () => {
    await using engine = await fragileEngine();
    await using given = await createScene(
      [
        callTool("exec", { command: `${leaveMark("running")}; sleep 600` }),
        callTool("exec", { command: leaveMark("while-away") }),
        say("the engine is away"),
        callTool("exec", { command: leaveMark("back") }),
        say("it is back"),
      ],
      docker,
    );
    await using gateway = await startGateway({
      stateDir: given.stateDir,
      config: { ...given.model.config, ...docker },
      env: { DOCKER_HOST: engine.address },
    });
    const client = await gateway.connect();
    const answered = ask(client, "a");
    await untilLine(given.effects, "running");
    await engine.breakDown();
    expect(await answered).toMatchObject({ state: "final" });
    const results = (await historyOf(client)).filter((line) => line.startsWith("toolResult"));
    expect(results[0]).toMatch(/lost|gone|unknown/i);
    expect(results[1]).toContain("No Docker engine answers");

    await engine.comeBack();
    expect(await ask(client, "b")).toMatchObject({ state: "final" });
    expect(await linesOf(given.effects)).toEqual(["running", "back"]);
    client.close();
    await gateway.stop();
    expect(await containersWith(join(given.stateDir, "workspace"))).toEqual([]);
  });
});
