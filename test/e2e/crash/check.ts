import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Entry, Principal, Store } from "@claw/core";
import { sqliteStore } from "@claw/store-sqlite";
import { expect } from "vitest";
import { BURSTS, commands, conversations, messages, notices, type World } from "./world.ts";

const reader: Principal = { id: "reader", kind: "user", tenant: "local", scopes: ["admin"], credential: "test" };

/** What must hold once everything was done, after however many kills: nothing lost, nothing done twice, all in order. */
export async function checkWorld(world: World, kills: number): Promise<void> {
  checkAnswers(world, kills);
  checkModelCalls(world, kills);
  const unknown = await checkJournal(world);
  const effects = await world.effects();
  for (const message of messages) {
    const times = effects.filter((line) => line === message).length;
    expect(times, `effects of ${message}`).toBeLessThan(2);
    if (times === 0) expect(unknown, "an effect that was not made is not reported as made").toContain(message);
  }
}

const runOf = (message: string): string => `platform:bot:${message}`;
const replyTo = (message: string): string => `${runOf(message)}:reply`;
const repliesToCommands = new Set(Object.keys(commands).map(replyTo));

/** Each message is answered once and in order; a send comes twice only where the kill left open whether it was made. */
function checkAnswers({ sent, ambiguous }: World, kills: number): void {
  const taken = Map.groupBy(sent, ({ key }) => key);
  const order = [...taken.keys()].filter((key) => repliesToCommands.has(key) && key.includes("lea"));
  expect(order, "answers to commands").toEqual(["lea-1", "lea-2"].map(replyTo));
  for (const [command, { answer }] of Object.entries(commands)) {
    expect(taken.get(replyTo(command))?.[0]?.text).toMatch(answer);
  }
  for (const [peer, asked] of Object.entries({ ...conversations, ...notices })) {
    const answers = [...taken.values()].flatMap(([first]) => (isAnswerTo(peer, first) ? first.text : []));
    const all = asked.map((message) => `re ${message}`);
    expect(answers.at(-1)).toBe(all.at(-1));
    expect(answers).toEqual(peer === BURSTS ? all.slice(all.length - answers.length) : all);
  }
  for (const [key, times] of taken) {
    if (times.length > 1) expect([...ambiguous], "a send that was noted is made again").toContain(key);
    expect(times.length).toBeLessThanOrEqual(1 + kills);
  }
}

function isAnswerTo(peer: string, sent: World["sent"][number] | undefined): sent is World["sent"][number] {
  return sent?.peer === peer && !repliesToCommands.has(sent.key);
}

/** The model is asked again only for a step that is not in the journal. */
function checkModelCalls({ events }: World, kills: number): void {
  const after = (point: string, message: string): number => {
    const index = events.indexOf(`journal.${point} after ${runOf(message)}`);
    return index < 0 ? events.length : index;
  };
  for (const message of messages) {
    const calls = (results: number, from = 0) =>
      events.slice(from).filter((event) => event === `model ${message} ${results}`).length;
    expect(calls(0, after("step", message))).toBe(0);
    expect(calls(1, after("finish", message))).toBe(0);
    expect(calls(0) + calls(1)).toBeLessThanOrEqual(2 + kills);
  }
  expect(events.slice(after("finish", "kim-2")), "a summary that is written").not.toContain("model summary");
}

const SOMETHING_WENT_WRONG = /^Something went wrong: .* can't be (read|written)/;

/**
 * What must hold after a life on a disk that failed and one on a good disk: a turn whose steps could not be written may
 * have ended with an error that its sender was told, or be answered late; the rest is as ever.
 */
export async function checkAfterFault(world: World): Promise<void> {
  const taken = Map.groupBy(world.sent, ({ key }) => key);
  for (const [key, times] of taken) expect(times, `sends of ${key}`).toHaveLength(1);
  const told = (peer: string) => [...taken.values()].flatMap(([one]) => (isAnswerTo(peer, one) ? one.text : []));
  for (const [command, { answer }] of Object.entries(commands)) {
    const [reply] = taken.get(replyTo(command)) ?? [];
    if (!SOMETHING_WENT_WRONG.test(reply?.text ?? "")) expect(reply?.text, command).toMatch(answer);
  }
  for (const [peer, asked] of Object.entries(notices)) {
    expect(told(peer)).toEqual(asked.map((message) => `re ${message}`));
  }
  for (const [peer, asked] of Object.entries(conversations)) {
    const failed = told(peer).filter((text) => SOMETHING_WENT_WRONG.test(text));
    const good = asked.filter((message) => told(peer).includes(`re ${message}`));
    expect(failed.length + good.length, `${told(peer).join("\n")} are answers`).toBe(told(peer).length);
    if (peer === BURSTS) expect(told(peer).length).toBeGreaterThan(0);
    else expect(told(peer)).toHaveLength(asked.length);
  }
  const effects = Map.groupBy(await world.effects(), (message) => message);
  for (const [message, times] of effects) expect(times, `effects of ${message}`).toHaveLength(1);
  for (const message of await marked(world)) expect(effects.has(message), `${message} is marked`).toBe(true);
}

/** Messages that the tool says it has marked, in a journal that is whole and has nothing left to do. */
async function marked({ stateDir }: World): Promise<readonly string[]> {
  checkFiles(stateDir);
  await using store = sqliteStore({ stateDir });
  const outputs: string[] = [];
  for (const peer of Object.keys(conversations)) {
    const entries = await store.as(reader).transcript.read(sessionOf(peer));
    expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, index) => index + 1));
    outputs.push(...entries.flatMap(({ message }) => (message.role === "tool" ? message.output : [])));
  }
  const others = outputs.filter((output) => !output.startsWith("marked "));
  for (const output of others) expect(output).toMatch(/^Outcome unknown|can't be written/);
  await nothingLeft(store);
  return outputs.flatMap((output) => /^marked (.*)/.exec(output)?.[1] ?? []);
}

function checkFiles(stateDir: string): void {
  for (const file of ["agents/main/sessions/sessions.db", "state/claw.db"]) {
    const database = new DatabaseSync(join(stateDir, file), { readOnly: true });
    expect(database.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    expect(database.prepare("PRAGMA foreign_key_check").all()).toEqual([]);
    database.close();
  }
}

const sessionOf = (peer: string): string => `agent:main:platform:bot:direct:${peer}`;

async function nothingLeft({ journal }: Pick<Store, "journal">): Promise<void> {
  for await (const { run } of journal.unfinished()) expect(run, "unfinished").toBeUndefined();
  expect(await journal.deliveries(new Date(8.64e15), 1)).toEqual([]);
}

/** Returns the messages whose effect is reported as unknown, or was left to a later message. */
async function checkJournal({ stateDir }: World): Promise<readonly string[]> {
  checkFiles(stateDir);
  await using store = sqliteStore({ stateDir });
  const unknown: string[] = [];
  for (const [peer, asked] of Object.entries(conversations)) {
    const entries = await store.as(reader).transcript.read(sessionOf(peer));
    expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, index) => index + 1));
    const runs = Map.groupBy(entries, ({ run }) => run);
    const commandRuns = Object.keys(commands).map(runOf);
    expect([...runs.keys()].filter((run) => !commandRuns.includes(run))).toEqual(asked.map(runOf));
    for (const message of asked) {
      const run = runOf(message);
      const ofRun = runs.get(run) ?? [];
      if (ofRun[0]?.joined !== undefined) {
        expect(ofRun.map(textOf)).toEqual([message]);
        continue;
      }
      const joined = entries.findLast((entry) => entry.joined?.run === run);
      const last = joined === undefined ? message : textOf(joined);
      // What was read together with a later message is answered with that.
      if (last !== message) unknown.push(message);
      const result = textOf(ofRun[2]);
      expect(ofRun.map(textOf)).toEqual([message, "", result, `re ${last}`]);
      if (result.startsWith("Outcome unknown")) unknown.push(last);
      else expect(result).toBe(`marked ${last}`);
    }
  }
  for (const [message, { text, answer }] of Object.entries(commands)) {
    const entries = await store.as(reader).transcript.read(sessionOf(message.split("-")[0] ?? ""));
    const ofRun = entries.filter(({ run }) => run === runOf(message)).map(textOf);
    const summaries = text === "/compact" ? [expect.stringMatching(/^a summary/)] : [];
    expect(ofRun).toEqual([text, ...summaries, expect.stringMatching(answer)]);
  }
  await nothingLeft(store);
  return unknown;
}

function textOf(entry: Entry | undefined): string {
  if (entry === undefined) return "missing";
  return entry.message.role === "tool" ? entry.message.output : entry.message.text;
}
