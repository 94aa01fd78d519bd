import { randomBytes } from "node:crypto";
import type { Link } from "../connect.ts";
import { failureOf } from "../failure.ts";
import { facts, note, paint, print } from "../output.ts";
import { agentOf } from "../session-key.ts";
import { sessionTable } from "../session-table.ts";

export interface Conversation {
  readonly link: Link;
  sessionKey: string;
  /** As last listed, for `/sessions <number>`. */
  sessions: readonly string[];
}

/** Carries out a line that begins with a slash. Never rejects. */
export async function chatCommand(line: string, conversation: Conversation): Promise<void> {
  const [name, argument] = line.split(/\s+/);
  try {
    if (name === "/new") begin(conversation);
    else if (name === "/sessions" && argument !== undefined) choose(conversation, argument);
    else if (name === "/sessions") await list(conversation);
    else if (name === "/help") help();
    else if (name === "/stop") say("Nothing is running.");
    else say(`There is no ${name}. /help shows what there is.`);
  } catch (error) {
    note(failureOf(error).message);
  }
}

const say = (text: string): void => note(`${paint("dim", text, process.stderr)}\n`);

function begin(conversation: Conversation): void {
  const { sessionKey } = conversation;
  conversation.sessionKey = `agent:${agentOf(sessionKey)}:cli-${randomBytes(4).toString("hex")}`;
  say(`A new conversation: ${conversation.sessionKey}`);
}

async function list(conversation: Conversation): Promise<void> {
  const { sessions } = await conversation.link.client.request("sessions.list", { limit: 20 });
  conversation.sessions = sessions.map(({ key }) => key);
  if (sessions.length > 0) print(sessionTable(sessions, { numbered: true }));
  say(sessions.length === 0 ? "There is no conversation yet." : "/sessions 2 goes on with the second.");
}

function choose(conversation: Conversation, argument: string): void {
  const key = conversation.sessions[Number(argument) - 1];
  if (key !== undefined) conversation.sessionKey = key;
  say(key === undefined ? "List them first with /sessions, then name one by its number." : `Going on with ${key}`);
}

function help(): void {
  print(
    facts([
      ["/new", "begin a new conversation"],
      ["/sessions", "list conversations; with a number, go on with that one"],
      ["/stop", "stop the answer, as Ctrl-C does"],
      ["/help", "this"],
      ["/exit", "leave, as Ctrl-D does"],
    ]),
  );
  print("");
}
