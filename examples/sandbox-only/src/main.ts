import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dockerSandbox, probeDocker } from "@claw/sandbox-docker";

const probe = await probeDocker();
console.log(probe.reason);
if (!probe.reachable) process.exit(1);

const stateDir = await mkdtemp(join(tmpdir(), "claw-example-"));
const provider = dockerSandbox({ stateDir, onProgress: (line) => console.log(`  ${line}`) });
try {
  await using lease = await provider.acquire({ key: "example", workspace: { access: "none" }, network: "none" });
  const { sandbox } = lease;
  console.log(sandbox.description);

  await sandbox.writeFile("numbers.txt", "1\n2\n3\n");
  const sum = await sandbox.run("awk '{ total += $1 } END { print total }' numbers.txt");
  console.log(`The sum is ${sum.stdout.trim()}.`);

  const online = await sandbox.run("curl --silent --max-time 3 https://example.org");
  console.log(`A download exits with ${online.exitCode}: there is no network.`);

  const slow = await sandbox.run("sleep 60 & sleep 60", { timeoutMs: 500 });
  console.log(`Sleeping a minute ${slow.timedOut ? "was cut short" : "ended"} with ${slow.exitCode}.`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await rm(stateDir, { recursive: true, force: true });
}
