import { Command } from "commander";
import { addAgent } from "./commands/agent.ts";
import { addAgents } from "./commands/agents.ts";
import { addApprovals } from "./commands/approvals.ts";
import { addChat } from "./commands/chat.ts";
import { addConfig } from "./commands/config.ts";
import { addDevices } from "./commands/devices.ts";
import { addGateway } from "./commands/gateway.ts";
import { addLogin } from "./commands/login.ts";
import { addLogs } from "./commands/logs.ts";
import { addModels } from "./commands/models.ts";
import { addQuestions } from "./commands/questions.ts";
import { addSafeMode } from "./commands/safe-mode.ts";
import { addSandbox } from "./commands/sandbox.ts";
import { addSecurity } from "./commands/security.ts";
import { addSessions } from "./commands/sessions.ts";
import { addStatus } from "./commands/status.ts";
import { addToken } from "./commands/token.ts";
import { addUsage } from "./commands/usage.ts";
import { addUsers } from "./commands/users.ts";
import { EXIT_CODES_HELP } from "./exit-codes.ts";
import { examples, helpStyle } from "./help.ts";
import { paint } from "./output.ts";
import { version } from "./version.ts";

/** The command line as a whole. What a command needs beyond its options is loaded when it runs. */
export function createProgram(): Command {
  const program = new Command("claw")
    .usage("<command> [options]")
    .description("Claw runs AI agents on your own machine. This is its command line.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "show help for a command")
    .helpCommand(false)
    .configureHelp(helpStyle)
    .configureOutput({
      outputError: (text, write) => write(`${paint("red", "error", process.stderr)} ${usageError(text)}\n`),
    })
    .exitOverride();

  program.commandsGroup("Run:");
  addGateway(program);
  addSafeMode(program);
  program.commandsGroup("Talk:");
  addAgent(program);
  addChat(program);
  program.commandsGroup("Look:");
  addStatus(program);
  addSessions(program);
  addModels(program);
  addAgents(program);
  addUsers(program);
  addApprovals(program);
  addQuestions(program);
  addUsage(program);
  addLogs(program);
  addSecurity(program);
  program.commandsGroup("Set up:");
  addConfig(program);
  addSandbox(program);
  addToken(program);
  addLogin(program);
  addDevices(program);

  examples(program, [
    ["claw gateway run", "start the gateway on this machine"],
    ['claw agent -m "What is in the workspace?"', "ask once"],
    ["claw chat", "talk"],
    ["claw status", "see what runs, and how safely"],
  ]);
  return program.addHelpText(
    "after",
    `\n${EXIT_CODES_HELP}\n\nCLAW_DEBUG=1 shows stack traces; NO_COLOR=1 turns colours off.`,
  );
}

/** Commander's own messages in the shape of ours. */
function usageError(text: string): string {
  const [said = "", hint] = text.trim().split("\n");
  const guess = hint?.match(/Did you mean (?:one of )?(.+)\?/)?.[1];
  const sentence = said.replace(/^error: ./, (start) => start.slice(-1).toUpperCase()).replace(/\.$/, "");
  return `${sentence}.${guess === undefined ? "" : ` Did you mean ${guess}?`}`;
}
