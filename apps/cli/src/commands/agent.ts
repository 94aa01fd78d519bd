import { type Command, InvalidArgumentError } from "commander";
import { connect } from "../connect.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { CommandError } from "../failure.ts";
import { type GatewayFlags, withGatewayFlags } from "../gateway-flags.ts";
import { examples } from "../help.ts";
import { print, printJson } from "../output.ts";
import { readStdin } from "../read-stdin.ts";
import { followRun } from "../run/follow-run.ts";
import { createRunDisplay } from "../run/run-display.ts";
import type { RunObserver, RunReport } from "../run/run-report.ts";
import { type StopReason, untilEnd } from "../run/until-end.ts";
import { sessionKeyOf } from "../session-key.ts";
import { printable } from "../text.ts";

interface AgentFlags extends GatewayFlags {
  readonly message?: string;
  readonly agent?: string;
  readonly session?: string;
  /** Seconds. */
  readonly timeout?: number;
  readonly quiet?: true;
  readonly json?: true;
  readonly stream?: true;
}

/** Of a piped message, in characters; well inside what the gateway takes. */
const MAX_MESSAGE_LENGTH = 1_000_000;

export function addAgent(program: Command): void {
  const command = program
    .command("agent")
    .description("send one message and show the answer as it comes")
    .option("-m, --message <text>", 'what to say; "-" or nothing reads it from a pipe')
    .option("--agent <id>", "who answers (the default agent)")
    .option("--session <key>", "conversation to go on with (main)")
    .option("--timeout <seconds>", "stop the run after this long", seconds)
    .option("-q, --quiet", "print the final answer alone")
    .option("--json", "print one JSON object at the end")
    .option("--stream", "with --json: print each event as it comes, a line each");
  examples(withGatewayFlags(command), [
    ['claw agent -m "Summarize sales.csv"', "the answer on stdout, tool calls on stderr"],
    ["git diff | claw agent", "the message from a pipe"],
    ['claw agent -m "Hello" --json | jq -r .text', "for scripts"],
    ['claw agent --session trip -m "And by train?"', "a conversation with a name"],
  ]).action(async ({ message, agent, session, timeout, quiet, json, stream, ...flags }: AgentFlags) => {
    if (stream && !json) throw new CommandError(EXIT_CODES.usage, "--stream goes with --json.");
    const text = await messageOf(message);
    using link = await connect(flags, { scopes: ["operator.write"], reconnect: true });
    const sessionKey = sessionKeyOf({ agent, session }, link.hello);
    const display = json || quiet ? undefined : createRunDisplay();
    display?.begin();
    const run = followRun(link, { sessionKey, message: text }, display ?? (stream ? eventLines : {}));
    const { report, stoppedBy } = await untilEnd(run, timeout);
    display?.end(report);
    if (quiet && !json && report.text !== "") print(printable(report.text));
    if (json) printJson(stream ? { event: "result", payload: report } : report, { pretty: !stream });
    judge(report, stoppedBy, timeout);
  });
}

const eventLines: RunObserver = {
  onEvent: (event, payload) => printJson({ event, payload }, { pretty: false }),
  onConnection: (state) => printJson({ event: "connection", payload: { state } }, { pretty: false }),
};

function judge({ state, error }: RunReport, stoppedBy: StopReason | undefined, timeout: number | undefined): void {
  if (state === "done") return;
  if (stoppedBy === "interrupt") throw new CommandError(EXIT_CODES.interrupted, "");
  const late = stoppedBy === "timeout" && `The run took longer than ${timeout} s and was stopped.`;
  throw new CommandError(EXIT_CODES.failed, late || error?.message || "The run was stopped by somebody else.");
}

async function messageOf(message: string | undefined): Promise<string> {
  const piped = message === "-" || (message === undefined && !process.stdin.isTTY);
  const text = piped ? await readStdin(MAX_MESSAGE_LENGTH) : (message ?? "");
  if (text.trim() !== "") return text;
  throw new CommandError(EXIT_CODES.usage, 'Nothing to say: pass -m "…", or pipe the message in.');
}

function seconds(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected whole seconds, from 1 to 999999.");
}
