import type { SandboxStatus } from "@claw/protocol";
import { connect } from "../connect.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { failureOf } from "../failure.ts";
import type { GatewayFlags } from "../gateway-flags.ts";
import { facts, paint, print, printJson } from "../output.ts";
import { sandboxLines } from "../sandbox-lines.ts";
import { probeSandbox } from "./probe.ts";
import { type SandboxSettings, sandboxSettings } from "./settings.ts";

export interface ExplainOptions {
  readonly agent: string | undefined;
  readonly json: boolean;
}

/** Says which sandbox is in use, what it does not protect from, and how to change it. */
export async function explainSandbox(flags: GatewayFlags, { agent, json }: ExplainOptions): Promise<void> {
  const settings = flags.url === undefined ? await sandboxSettings(flags, agent) : undefined;
  const running = await fromGateway(flags);
  const status = running ?? (await probeSandbox(settings?.backend ?? "auto", settings?.stateDir ?? "."));
  const source = running === undefined ? "this machine" : "the running gateway";
  if (json) return printJson({ source, ...status, ...(settings && { settings }) });
  print(
    paint(
      "dim",
      running === undefined
        ? "The gateway is not running; on its start this machine would give:"
        : "As the running gateway says:",
    ),
  );
  print("");
  print(facts([["Sandbox", ...sandboxLines(status)], ...(settings === undefined ? [] : settingRows(settings))]));
  print(
    `\n${paint("bold", "To change it")}\n${facts([
      ["claw config set sandbox.backend docker", "or bwrap, virtual, auto"],
      ["claw config set sandbox.workspaceAccess ro", "or none, rw"],
      ["claw config set sandbox.network '{ allow: [\"api.github.com\"] }'", "or none"],
      ["claw config set sandbox.docker.memoryMb 512", "a limit for all backends, as cpus and pidsLimit"],
      ["claw sandbox build", "the image of the docker backend"],
    ])}\n${paint("dim", "A running gateway uses it after a restart.")}`,
  );
}

/** `undefined` when no gateway runs there. */
async function fromGateway(flags: GatewayFlags): Promise<SandboxStatus | undefined> {
  try {
    using link = await connect(flags, { scopes: ["operator.read"] });
    return await link.client.request("sandbox.status", {});
  } catch (error) {
    if (flags.url === undefined && failureOf(error).exitCode === EXIT_CODES.unreachable) return undefined;
    throw error;
  }
}

function settingRows(settings: SandboxSettings): (readonly [string, ...string[]])[] {
  const { agent, mode, workspace, access, network, limits } = settings;
  const ACCESS = { rw: "read and write", ro: "read only", none: "an empty directory instead of it" } as const;
  return [
    ["For", `agent ${agent}${mode === "off" ? paint("red", "  off: tools that need a sandbox refuse") : ""}`],
    ["Workspace", `${workspace}  ${paint("dim", ACCESS[access])}`],
    ["Network", ...network],
    ["Limits", limits],
  ];
}
