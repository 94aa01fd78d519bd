import type { Command } from "commander";
import { connect } from "../connect.ts";
import { type GatewayFlags, withGatewayFlags } from "../gateway-flags.ts";
import { examples } from "../help.ts";
import { sessionKeyOf } from "../session-key.ts";

interface ChatFlags extends GatewayFlags {
  readonly agent?: string;
  readonly session?: string;
}

export function addChat(program: Command): void {
  const command = program
    .command("chat")
    .description("talk with an agent in the terminal")
    .option("--agent <id>", "who answers (the default agent)")
    .option("--session <key>", "conversation to go on with (main)");
  examples(withGatewayFlags(command), [
    ["claw chat", "/help in it shows what it understands"],
    ["claw chat --session trip < questions.txt", "one message per line"],
  ]).action(async ({ agent, session, ...flags }: ChatFlags) => {
    const { runChat } = await import("../chat/run-chat.ts");
    using link = await connect(flags, { scopes: ["operator.write"], reconnect: true });
    await runChat(link, sessionKeyOf({ agent, session }, link.hello));
  });
}
