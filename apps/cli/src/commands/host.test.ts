import type { ApprovalRow } from "@claw/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "../testing/cli.ts";
import { type RunningGateway, startGateway } from "../testing/gateway.ts";

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway({
    "sandbox.host.enabled": "true",
    "tools.elevated": '{ enabled: true, allowFrom: ["owner"] }',
  });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const claw = (...args: readonly string[]) => runCli(args, { env: gateway.env });
const say = (session: string, message: string) => claw("agent", "--session", session, "-m", message);
/** Only a process has one, and the virtual sandbox has no processes. */
const WHERE = "run `readlink /proc/self/exe`";

async function waiting(): Promise<ApprovalRow> {
  for (;;) {
    const [first] = JSON.parse((await claw("approvals", "list", "--json")).stdout) as readonly ApprovalRow[];
    if (first !== undefined) return first;
  }
}

test("a command of the owner's main session waits for a yes, and then runs on the machine itself", async () => {
  const answered = say("main", WHERE);
  const { id, request } = await waiting();
  expect(request).toMatchObject({ command: "readlink /proc/self/exe", host: "gateway", rule: "tools.exec.ask" });
  expect((await claw("approvals", "show", id)).stdout).toMatch(/^on +the host itself, without a sandbox$/m);
  await claw("approvals", "approve", id);
  expect((await answered).stdout).toContain("/readlink");
  expect((await claw("sandbox", "list")).stdout).toMatch(/^host:agent:default:main +host /m);
});

test("a no is told to the agent, and nothing has run", async () => {
  const answered = say("main", "run `touch never`");
  await claw("approvals", "deny", (await waiting()).id);
  expect((await answered).stdout).toContain("could not run");
  expect((await say("other", "run `ls never`")).stdout).not.toMatch(/^never$/m);
});

test("another session has its sandbox, until its owner takes its commands out of it", async () => {
  expect((await say("other", WHERE)).stdout).not.toContain("/readlink");
  expect((await say("other", "/elevated on")).stdout).toBe("Commands run on the host: security full, ask always.\n");
  const answered = say("other", WHERE);
  await claw("approvals", "approve", (await waiting()).id);
  expect((await answered).stdout).toContain("/readlink");
  expect((await say("other", "/exec security=deny")).stdout).toContain("security deny");
  expect((await say("other", WHERE)).stdout).toContain("Refused by rule /exec security");
  expect((await say("other", "/elevated off")).stdout).toContain("Commands run in the sandbox");
});
