import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { dockerSandbox } from "./docker-sandbox.ts";
import { temporaryDirectory, testEngine, whyNoEngine } from "./engine.fixture.ts";
import { DEFAULT_IMAGE } from "./image.ts";
import { containerLabels } from "./sweep.ts";

const reason = await whyNoEngine();
const spec = { key: "sweep", workspace: { access: "none" }, network: "none" } as const;

describe.skipIf(reason !== undefined)(`the sweep${reason === undefined ? "" : `, skipped: ${reason}`}`, () => {
  async function leave(stateDir: string, owner: string): Promise<string> {
    const engine = await testEngine();
    const labels = { ...containerLabels("left", stateDir), "claw.process": owner };
    const { id } = await engine.createContainer({
      Image: DEFAULT_IMAGE,
      Labels: labels,
      HostConfig: { NetworkMode: "none" },
    });
    return id;
  }

  test("removes what dead processes of the same state directory left, and nothing else", async () => {
    await using mine = await temporaryDirectory();
    await using theirs = await temporaryDirectory();
    const dead = spawnSync("true").pid;
    const left = {
      dead: await leave(mine.path, `${dead}.one`),
      earlierWithMyPid: await leave(mine.path, `${process.pid}.another`),
      alive: await leave(mine.path, `${process.ppid}.alive`),
      otherGateway: await leave(theirs.path, `${dead}.one`),
    };
    await using first = await dockerSandbox({ stateDir: mine.path }).acquire(spec);
    await using second = await dockerSandbox({ stateDir: mine.path }).acquire(spec);
    const engine = await testEngine();
    const found = (await engine.listContainers({ all: true })).flatMap(({ Id, Names }) => [Id, ...Names]);
    expect(found).toEqual(expect.arrayContaining([left.alive, left.otherGateway, `/${first.id}`, `/${second.id}`]));
    expect(found).not.toContain(left.dead);
    expect(found).not.toContain(left.earlierWithMyPid);
    for (const id of [left.alive, left.otherGateway]) await engine.getContainer(id).remove();
  });
});

test.skipIf(reason !== undefined)("a container ends with the process that had it, without anybody's help", async () => {
  await using directory = await temporaryDirectory();
  const script = `
    import { dockerSandbox } from ${JSON.stringify(new URL("./index.ts", import.meta.url).href)};
    const provider = dockerSandbox({ stateDir: ${JSON.stringify(directory.path)} });
    const lease = await provider.acquire({ key: "doomed", workspace: { access: "none" }, network: "none" });
    lease.sandbox.run("sleep 600", { onOutput() {} }).catch(() => {});
    console.log(lease.id);`;
  const options = ["--conditions=@claw/source", "--input-type=module", "-e", script];
  const gateway = spawn(process.execPath, options, { stdio: ["ignore", "pipe", "inherit"] });
  const [id] = await once(gateway.stdout, "data");
  const container = (await testEngine()).getContainer(String(id).trim());
  const removed = container.wait({ condition: "removed" });
  gateway.kill("SIGKILL");
  await removed;
  await expect(container.inspect()).rejects.toMatchObject({ statusCode: 404 });
});
