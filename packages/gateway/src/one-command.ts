import { ClawError, type Sandbox } from "@claw/core";
import type { GatewayErrorCode } from "./errors.ts";

/** The command that a tool's input says it runs. */
export function commandIn(input: unknown): string | undefined {
  const command = typeof input === "object" && input !== null && "command" in input ? input.command : undefined;
  return typeof command === "string" ? command : undefined;
}

/** The bare host as a tool gets it: what it runs is, letter for letter, what the policy was asked about, or nothing. */
export function oneCommand(sandbox: Sandbox, command: string | undefined): Sandbox {
  return {
    description: sandbox.description,
    readFile: (path, options) => sandbox.readFile(path, options),
    writeFile: (path, content, options) => sandbox.writeFile(path, content, options),
    list: (path, options) => sandbox.list(path, options),
    async run(wanted, options) {
      if (wanted === command) return sandbox.run(wanted, options);
      const why =
        command === undefined ? "the tool did not say which command it runs" : "it is not the command it said";
      throw new ClawError<GatewayErrorCode>("GATEWAY_REFUSED", `Refused by rule tools.exec.host: ${why}`);
    },
  };
}
