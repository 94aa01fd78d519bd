import type { Link } from "../connect.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { CommandError, failureOf } from "../failure.ts";
import { note, paint } from "../output.ts";
import { type FollowedRun, followRun } from "../run/follow-run.ts";
import { createRunDisplay } from "../run/run-display.ts";
import { untilEnd } from "../run/until-end.ts";
import { agentOf } from "../session-key.ts";
import { chatCommand } from "./commands.ts";
import { createLineReader } from "./line-reader.ts";

/** A conversation, line by line, until `/exit`, the end of the input or Ctrl-C with nothing going on. */
export async function runChat(link: Link, firstSession: string): Promise<void> {
  const interactive = process.stdin.isTTY === true;
  const conversation = { link, sessionKey: firstSession, sessions: [] as readonly string[] };
  let running: FollowedRun | undefined;
  let failed = false;

  const stop = (): void => {
    running?.abort().catch((error) => note(failureOf(error).message));
  };
  const reader = createLineReader({
    interactive,
    busy: () => running !== undefined,
    onInterrupt: stop,
    onLine: (line) => {
      if (line !== "/stop") return false;
      stop();
      return true;
    },
  });

  async function say(message: string): Promise<void> {
    const display = createRunDisplay();
    display.begin();
    running = followRun(link, { sessionKey: conversation.sessionKey, message }, display);
    try {
      const { report, stoppedBy } = await untilEnd(running);
      display.end(report);
      if (stoppedBy === "interrupt") throw new CommandError(EXIT_CODES.interrupted, "");
      if (report.state === "error")
        throw new CommandError(EXIT_CODES.failed, report.error?.message ?? "The run failed.");
      failed ||= report.state === "aborted" && !interactive;
    } catch (error) {
      display.end();
      const { exitCode, message: what } = failureOf(error);
      if (exitCode === EXIT_CODES.unreachable || exitCode === EXIT_CODES.interrupted) throw error;
      failed = true;
      note(`${paint("red", "error", process.stderr)} ${what}`);
    } finally {
      running = undefined;
    }
    if (interactive) process.stdout.write("\n");
  }

  if (interactive) greet(link, firstSession);
  for await (const line of reader) {
    const text = line.trim();
    if (text === "") continue;
    if (text === "/exit" || text === "/quit") break;
    if (/^\/[a-z]/.test(text)) await chatCommand(text, conversation);
    else await say(line);
  }
  reader.close();
  if (failed && !interactive) throw new CommandError(EXIT_CODES.failed, "");
}

function greet({ hello }: Link, sessionKey: string): void {
  const what = `agent ${agentOf(sessionKey)}, conversation ${sessionKey}`;
  note(
    `${paint(["bold", "cyan"], "Claw", process.stderr)} ${paint("dim", `${hello.server.version}  ${what}`, process.stderr)}`,
  );
  note(`${paint("dim", "/help shows what else there is; Ctrl-C stops an answer, Ctrl-D leaves.", process.stderr)}\n`);
}
