import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContextOptions, Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noBrowser, startBrowser } from "./harness/browser.ts";
import { openControlUi, overflows } from "./harness/control-ui-page.ts";
import { type Answer, callTool, say, startFakeModel } from "./harness/fake-model.ts";
import { type RunningGateway, startGateway } from "./harness/gateway.ts";

const COMMAND = "echo mark >> effects.txt; cat effects.txt";

/** The built gateway with the page that it serves, and a model that says these. */
async function startScene(answers: readonly [Answer, ...Answer[]], config: object = {}) {
  await using stack = new AsyncDisposableStack();
  const model = stack.use(await startFakeModel(...answers));
  const provider = { baseUrl: model.baseUrl, apiKey: "fake-key", models: [{ id: "scripted", contextWindow: 128_000 }] };
  const models = { providers: { fake: provider } };
  const gateway = stack.use(await startGateway({ config: { ...model.config, models, ...config } }));
  const owned = stack.move();
  return { model, gateway, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

describe.skipIf(noBrowser !== undefined)(`in Chromium${noBrowser ? ` (${noBrowser})` : ""}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  const open = ({ gateway: { url, token } }: { readonly gateway: RunningGateway }, look: BrowserContextOptions = {}) =>
    openControlUi(browser, `${url}/`, { hash: `#token=${token}`, ...look });
  const asks = { tools: { ask: ["exec"] } };
  const runsCommand = callTool("exec", { command: COMMAND, cwd: "/workspace" });

  test("a call that needs an approval shows what would run, where and why, also after a reload, and runs when approved", async () => {
    await using scene = await startScene([runsCommand, say("It is marked.")], asks);
    await using ui = await open(scene);
    await ui.say("leave a mark");
    const card = ui.page.getByRole("article", { name: "default asks for an approval" });
    await card.waitFor();
    expect(await card.textContent()).toContain(COMMAND);
    await ui.page.getByRole("region", { name: "Tool exec" }).getByText("waits for approval").waitFor();
    expect(await card.textContent()).toMatch(/In\/workspace.*Ruletools\.ask/);
    await ui.page.reload();
    await card.waitFor();
    await card.getByRole("button", { name: "Approve once" }).click();
    await ui.transcript.getByText("It is marked.").waitFor();
    expect(await ui.page.getByRole("region", { name: "Tool exec" }).textContent()).toContain("mark");
    await card.waitFor({ state: "detached" });
    expect(ui.complaints).toEqual([]);
  });

  test("a call that is denied does not run, and the model is told who said no", async () => {
    await using scene = await startScene([runsCommand, say("Then not.")], asks);
    await using ui = await open(scene);
    await ui.say("leave a mark");
    await ui.page.getByRole("button", { name: "Deny" }).click();
    await ui.transcript.getByText("Then not.").waitFor();
    const told = scene.model.requests[1]?.body.messages.at(-1);
    expect(told).toMatchObject({
      role: "tool",
      content: expect.stringMatching(/Refused by rule tools\.ask.*owner said no/),
    });
    expect(ui.complaints).toEqual([]);
  });

  test("of two pages the one that comes second is told who answered", async () => {
    await using scene = await startScene([runsCommand, say("It is marked.")], asks);
    await using first = await open(scene);
    await using second = await open(scene);
    await first.say("leave a mark");
    const button = second.page.getByRole("button", { name: "Approve once" });
    await button.waitFor();
    await first.page.getByRole("button", { name: "Deny" }).click();
    await second.page.getByText("Denied by owner").waitFor();
    expect(await button.count()).toBe(0);
    expect(await first.page.getByText("Denied by owner").count()).toBe(0);
    await second.page.getByRole("button", { name: "Dismiss" }).click();
    await expect.poll(() => second.page.getByRole("region", { name: "Approvals" }).count()).toBe(0);
  });

  test("a call that is always allowed is not asked about again in that chat", async () => {
    await using scene = await startScene([runsCommand, say("Once."), runsCommand, say("Twice.")], asks);
    await using ui = await open(scene);
    await ui.say("leave a mark");
    await ui.page.getByRole("button", { name: "Always allow this" }).click();
    await ui.transcript.getByText("Once.").waitFor();
    await ui.say("and another");
    await ui.transcript.getByText("Twice.").waitFor();
    expect(await ui.page.getByRole("region", { name: "Tool exec" }).last().textContent()).toContain("mark");
  });

  const asksUser = callTool("ask_user", {
    questions: [
      {
        id: "target",
        header: "Target",
        question: "Where should it be deployed?",
        options: [{ label: "Staging", description: "Nobody sees it but us" }, { label: "Production" }],
      },
    ],
  });

  test.each([
    ["an option", "Production", (card: Locator) => card.getByRole("radio", { name: "Production" }).check()],
    ["words of one's own", "my own server", (card: Locator) => card.getByRole("textbox").fill("my own server")],
  ])("a question of the agent waits in the chat, also after a reload, and takes %s", async (_, answer, give) => {
    await using scene = await startScene([asksUser, say("So be it.")]);
    await using ui = await open(scene);
    await ui.say("deploy it");
    const card = ui.page.getByRole("article", { name: "default asks a question" });
    await card.waitFor();
    expect(await card.textContent()).toContain("Where should it be deployed?StagingNobody sees it but usProduction");
    await ui.page.getByRole("region", { name: "Tool ask_user" }).getByText("waits for an answer").waitFor();
    await ui.page.reload();
    await card.waitFor();
    expect(await card.getByRole("button", { name: "Answer" }).isDisabled()).toBe(true);
    await give(card);
    await card.getByRole("button", { name: "Answer" }).click();
    await ui.transcript.getByText("So be it.").waitFor();
    await card.waitFor({ state: "detached" });
    const told = scene.model.requests[1]?.body.messages.at(-1);
    expect(JSON.parse(String(told?.content))).toEqual({
      status: "answered",
      answers: { answers: { target: [answer] } },
    });
    expect(ui.complaints).toEqual([]);
  });

  test("a question that is skipped leaves the agent to itself", async () => {
    await using scene = await startScene([asksUser, say("Then I decide.")]);
    await using ui = await open(scene);
    await ui.say("deploy it");
    await ui.page.getByRole("button", { name: "Skip", exact: true }).click();
    await ui.transcript.getByText("Then I decide.").waitFor();
    expect(scene.model.requests[1]?.body.messages.at(-1)).toMatchObject({ content: '{"status":"no_answer"}' });
  });

  test("text commands are answered as such, and a summary stands where it was made", async () => {
    await using scene = await startScene([say("First answer."), say("They greeted each other.")]);
    await using ui = await open(scene);
    await ui.say("hello there");
    await ui.answered();
    await ui.page.getByText(/Context: \d+ of 128k tokens/).waitFor();
    await ui.say("/status");
    const reply = ui.page.getByRole("region", { name: "Reply of the gateway" });
    await reply.getByText(/Model: fake\/scripted/).waitFor();
    await ui.say("/compact");
    await reply.getByText(/Compacted/).waitFor();
    await ui.page.getByRole("button", { name: "Earlier messages were summarised" }).click();
    await ui.page.getByRole("region", { name: "Summary" }).getByText("They greeted each other.").waitFor();
    await ui.page.reload();
    await ui.page.getByRole("button", { name: "Earlier messages were summarised" }).waitFor();
    expect(await reply.count()).toBe(2);
    expect(scene.model.requests).toHaveLength(2);
    expect(ui.complaints).toEqual([]);
  });

  test.each([
    { name: "360 px, dark", viewport: { width: 360, height: 740 }, colorScheme: "dark" },
    { name: "1440 px, light", viewport: { width: 1440, height: 900 }, colorScheme: "light" },
  ] as const)(
    "approvals, questions, replies and summaries fit and axe finds no serious fault at $name",
    async (look) => {
      const answers = [say("Hello."), say("They met."), asksUser, runsCommand, say("It is marked.")] as const;
      await using scene = await startScene(answers, asks);
      await using ui = await open(scene, { ...look, reducedMotion: "reduce" });
      await ui.say("hello");
      await ui.answered();
      await ui.say("/compact");
      await ui.page.getByRole("button", { name: "Earlier messages were summarised" }).click();
      await ui.say("leave a mark");
      for (const name of ["Skip", "Deny"]) {
        const button = ui.page.getByRole("button", { name, exact: true });
        await button.waitFor();
        const { violations } = await new AxeBuilder({ page: ui.page }).analyze();
        const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
        expect(serious.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);
        expect(await overflows(ui.page)).toBe(false);
        await button.click();
      }
    },
  );

  test("messages sent while a turn goes on are queued, read by it, and each shown once", async () => {
    const going = Promise.withResolvers<void>();
    const first: Answer = async function* () {
      yield { text: "Looking. " };
      await going.promise;
      yield { tool: "exec", input: { command: "echo looked" } };
    };
    await using scene = await startScene([first, say("Done, tests included.")]);
    await using ui = await open(scene);
    await ui.say("look at it");
    await ui.transcript.getByText("Looking.").waitFor();
    await ui.say("mind the tests");
    await ui.say("and the docs");
    await expect.poll(() => ui.page.getByText(/^Queued/).count()).toBe(2);
    await using late = await open(scene);
    await expect.poll(() => late.page.getByText(/^Queued/).count()).toBe(2);
    going.resolve();
    for (const { page, transcript } of [ui, late]) {
      await expect.poll(() => page.getByText("Read and answered in the turn above").count()).toBe(2);
      for (const said of ["look at it", "Looking.", "mind the tests", "and the docs", "Done, tests included."])
        expect(await transcript.getByText(said).count(), said).toBe(1);
    }
    expect(scene.model.requests).toHaveLength(2);
  });

  test("a page that is open follows when its history is rewound and added to elsewhere", async () => {
    await using scene = await startScene([say("First answer."), say("Second answer.")]);
    await using ui = await open(scene);
    for (const question of ["one", "two"]) {
      await ui.say(question);
      await ui.transcript.getByText(question === "one" ? "First answer." : "Second answer.").waitFor();
      await expect.poll(() => ui.page.getByRole("button", { name: "Stop" }).count()).toBe(0);
    }
    const client = await scene.gateway.connect();
    await using _ = { [Symbol.asyncDispose]: async () => client.close() };
    const { messages, sessionKey } = await client.request("chat.history", { sessionKey: "main" });
    await client.request("sessions.rewind", { sessionKey, entryId: messages[2]?.__openclaw?.id ?? "" });
    await ui.transcript.getByText("Second answer.").waitFor({ state: "detached" });
    await client.request("chat.inject", { sessionKey, message: "A note from outside." });
    await ui.page.getByRole("region", { name: "Reply of the gateway" }).getByText("A note from outside.").waitFor();
    expect(await ui.transcript.getByText("First answer.").count()).toBe(1);
    expect(ui.complaints).toEqual([]);
  });

  test("a chat that somebody shares says whose it is, and is written to only where that is allowed", async () => {
    const users = {
      ada: { role: "member", token: "the-token-of-ada-0123456789" },
      bob: { role: "member", token: "the-token-of-bob-0123456789" },
    };
    await using scene = await startScene([say("Hello Ada."), say("Hello Bob.")], { users });
    const pageOf = (user: keyof typeof users, more = "") =>
      openControlUi(browser, `${scene.gateway.url}/`, { hash: `#token=${users[user].token}${more}` });
    await using ada = await pageOf("ada");
    await ada.say("hello");
    await ada.transcript.getByText("Hello Ada.").waitFor();
    expect(await ada.page.getByText("’s chat").count()).toBe(0);

    const client = await scene.gateway.connect({ token: users.ada.token, scopes: ["operator.write"] });
    await using _ = { [Symbol.asyncDispose]: async () => client.close() };
    const { sessions } = await client.request("sessions.list", {});
    const sessionKey = sessions[0]?.key ?? "";
    await client.request("session.members.add", { sessionKey, memberId: "bob", access: "read" });
    await using bob = await pageOf("bob", `&session=${encodeURIComponent(sessionKey)}`);
    await bob.transcript.getByText("Hello Ada.").waitFor();
    await bob.page.getByText("ada’s chat, shared with you to read").waitFor();
    expect(await bob.field.isDisabled()).toBe(true);

    await client.request("session.members.add", { sessionKey, memberId: "bob", access: "write" });
    await bob.page.getByText("ada’s chat, shared with you", { exact: true }).waitFor();
    await bob.say("and me?");
    await bob.transcript.getByText("Hello Bob.").waitFor();
    await ada.transcript.getByText("Hello Bob.").waitFor();
    expect([...ada.complaints, ...bob.complaints]).toEqual([]);
  });
});
