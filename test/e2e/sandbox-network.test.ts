import type { GatewayClient } from "@claw/client";
import type { ApprovalRow } from "@claw/protocol";
import { expect, test } from "vitest";
import { runEnd, send } from "./harness/chat.ts";
import { noEngine } from "./harness/engine.ts";
import { fakeInternet } from "./harness/fake-internet.ts";
import { type FakeModel, startFakeModel } from "./harness/fake-model.ts";
import { startGateway } from "./harness/gateway.ts";

const unavailable = await noEngine();

/** A model that downloads what it is told to, and then is done. */
function downloader(): Promise<FakeModel> {
  return startFakeModel(({ body: { messages } }) => {
    const last = messages.at(-1);
    const url = /http\S+/.exec(JSON.stringify(last?.content ?? ""))?.[0]?.replace(/[\\"].*/, "");
    return last?.role === "user" ? [{ tool: "exec", input: { command: `curl -sS ${url}` } }] : [{ text: "done" }];
  });
}

/** Has the model download something, and returns what it got to read, and the questions that were asked meanwhile. */
function downloading(model: FakeModel, client: GatewayClient, number: { turns: number }) {
  return async (url: string, decision: string | undefined, sessionKey = "main") => {
    const asked: ApprovalRow[] = [];
    const stop = client.on("exec.approval.requested", (row) => {
      asked.push(row);
      void client.request("exec.approval.resolve", { id: row.id, decision: (decision ?? "deny") as "deny" });
    });
    const key = `turn-${number.turns++}`;
    const end = runEnd(client, key);
    await send(client, key, `download ${url} please`, sessionKey);
    await end;
    stop();
    const read = model.requests.at(-1)?.body.messages.findLast(({ role }) => role === "tool")?.content;
    return { read: JSON.stringify(read), asked: asked.map(({ request }) => request.command) };
  };
}

test.skipIf(unavailable !== undefined)(
  `a person lets a sandbox out once, for the session or always, and the model is told how${unavailable ? ` (${unavailable})` : ""}`,
  async () => {
    const listener = (_: unknown, response: { end(text: string): void }) => response.end("hello from outside");
    await using internet = await fakeInternet({ "new.test": { listener }, "always.test": { listener } });
    await using model = await downloader();
    const sandbox = { backend: "docker", network: { ask: true, deny: ["denied.test"] } };
    const options = { config: { sandbox, ...model.config }, env: internet.env };
    await using gateway = await startGateway(options);
    const client = await gateway.connect();
    const number = { turns: 0 };
    const download = downloading(model, client, number);

    const question = ['network.connect {"host":"new.test","port":80}'];
    const denied = await download("http://new.test/", "deny", "other");
    expect(denied.asked).toEqual(question);
    expect(denied.read).toMatch(/refused by the network rules: no rule allows it, and a person was asked and said no/);
    expect(denied.read).toContain("Rule: allow, consent.");
    expect(denied.read).toMatch(/once.*session.*claw approvals.*always.*sandbox\.network\.allow/);

    expect(await download("http://new.test/", "allow-once")).toEqual({ read: '"hello from outside"', asked: question });
    expect(await download("http://new.test/", "allow-always")).toMatchObject({ asked: question });
    expect(await download("http://new.test/", undefined)).toEqual({ read: '"hello from outside"', asked: [] });

    const never = await download("http://denied.test/", "allow-always");
    expect(never.asked).toEqual([]);
    expect(never.read).toContain('Rule: deny[0] \\"denied.test\\".');

    const { hash } = await client.request("config.get", {});
    const raw = JSON.stringify({ sandbox: { network: { allow: ["always.test"] } } });
    await client.request("config.patch", { raw, baseHash: hash });
    expect(await download("http://always.test/", undefined)).toEqual({ read: '"hello from outside"', asked: [] });
    const headers = { authorization: `Bearer ${gateway.token}` };
    const page = await (await fetch(`${gateway.url}/metrics`, { headers })).text();
    expect(page).toMatch(/^claw_egress_requests_total\{.*claw_egress_verdict="allow".*\} 4$/m);
    expect(page).toMatch(/^claw_egress_requests_total\{.*claw_egress_verdict="deny".*\} 2$/m);
    expect(page).toMatch(/^claw_egress_io\w*\{.*network_io_direction="receive".*\} [1-9]\d*$/m);
    client.close();
    await gateway.stop();

    await using again = await startGateway({ ...options, stateDir: gateway.stateDir, keepConfig: true });
    const later = await again.connect();
    const downloadLater = downloading(model, later, number);
    expect(await downloadLater("http://new.test/", undefined)).toEqual({ read: '"hello from outside"', asked: [] });
    expect(await downloadLater("http://new.test/", "deny", "other")).toMatchObject({ asked: question });
    later.close();
  },
);
