import type { SandboxExplained, SandboxStatus, ToolsEffective } from "@claw/protocol";
import { connect } from "../connect.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { failureOf } from "../failure.ts";
import type { GatewayFlags } from "../gateway-flags.ts";
import { facts, paint, print, printJson } from "../output.ts";
import { sandboxLines } from "../sandbox-lines.ts";
import { sessionKeyOf } from "../session-key.ts";
import { table } from "../table.ts";
import { probeSandbox } from "./probe.ts";
import { type Explained, sandboxSettings } from "./settings.ts";

export interface ExplainOptions extends Explained {
  readonly json: boolean;
}

type Place = Omit<SandboxExplained, "commands"> & Partial<Pick<SandboxExplained, "commands">>;

interface Explanation {
  readonly status: SandboxStatus;
  readonly place: Place;
  /** Known to a running gateway alone. */
  readonly tools?: ToolsEffective;
}

/** Says where an agent's tools run, what that does not protect from, and which rule each part comes from. */
export async function explainSandbox(flags: GatewayFlags, { json, ...about }: ExplainOptions): Promise<void> {
  const running = await fromGateway(flags, about);
  const { status, place, tools } = running ?? (await fromConfig(flags, about));
  const source = running === undefined ? "this machine" : "the running gateway";
  if (json) return printJson({ source, ...status, ...place, ...(tools && { tools }) });
  const whence =
    running === undefined
      ? "The gateway is not running; on its start this machine would give:"
      : "As the running gateway says:";
  print(`${paint("dim", whence)}\n`);
  print(facts([...placeRows(place), ["Sandbox", ...sandboxLines(status)]]));
  print(`\n${valueTable(place)}`);
  if (tools !== undefined) print(`\n${toolTable(tools)}`);
  print(
    `\n${paint("bold", "To change it")}\n${facts(CHANGES)}\n${paint("dim", "Backend, mode and image count after a restart.")}`,
  );
}

const CHANGES = [
  ["claw config set sandbox.mode all", "or non-main, off"],
  ["claw config set sandbox.backend docker", "or bwrap, virtual, auto"],
  ["claw config set sandbox.workspaceAccess ro", "or none, rw"],
  ["claw config set sandbox.network '{ allow: [\"api.github.com\"] }'", "or none"],
  ["claw config set sandbox.docker.memoryMb 512", "a limit for all backends, as cpus, pidsLimit and diskMb"],
  ["claw sandbox build", "the image of the docker backend"],
] as const;

/** `undefined` when no gateway runs there. */
async function fromGateway(flags: GatewayFlags, { agent, session }: Explained): Promise<Explanation | undefined> {
  try {
    using link = await connect(flags, { scopes: ["operator.read"] });
    const { client, hello } = link;
    const sessionKey = sessionKeyOf({ agent, session }, hello);
    const [status, place, tools] = await Promise.all([
      client.request("sandbox.status", {}),
      client.request("sandbox.explain", { sessionKey }),
      client.request("tools.effective", { sessionKey }),
    ]);
    return { status, place, tools };
  } catch (error) {
    if (flags.url === undefined && failureOf(error).exitCode === EXIT_CODES.unreachable) return undefined;
    throw error;
  }
}

async function fromConfig(flags: GatewayFlags, about: Explained): Promise<Explanation> {
  const { backend, stateDir, ...place } = await sandboxSettings(flags, about);
  return { status: await probeSandbox(backend, stateDir), place };
}

const PLACES = {
  sandbox: ["green", "in a sandbox"],
  host: ["red", "on the host, without isolation"],
  nowhere: ["yellow", "nowhere: tools that need a place refuse"],
} as const;

function placeRows({ sessionKey, place, rule, reason, commands }: Place): (readonly [string, ...string[]])[] {
  const [colour, text] = PLACES[place];
  return [
    ["Session", sessionKey],
    ["Tools run", paint(colour, text), paint("dim", `${reason} (${rule})`)],
    ...(commands === undefined ? [] : [["Commands", commands] as const]),
  ];
}

/** A value of several lines takes as many rows. */
function valueTable({ values }: Place): string {
  const rows = values.flatMap(({ key, value, rule }) =>
    value
      .split("\n")
      .map((line, index) => (index === 0 ? { key, line, rule } : { key: "", line: `· ${line.trim()}`, rule: "" })),
  );
  return table(
    [
      { head: "SETTING", cell: ({ key }) => key, paint: (text) => paint("cyan", text) },
      { head: "VALUE", cell: ({ line }) => line, flexible: true },
      { head: "FROM", cell: ({ rule }) => rule, flexible: true, paint: (text) => paint("dim", text) },
    ],
    rows,
  );
}

const EFFECTS = { allow: "green", ask: "yellow", deny: "red" } as const;

function toolTable({ groups, denied }: ToolsEffective): string {
  const usable = groups.flatMap(({ tools }) => tools);
  const rows = [...usable, ...denied.map((one) => ({ ...one, effect: "deny" as const }))];
  return table(
    [
      { head: "TOOL", cell: ({ id }) => id, paint: (text) => paint("cyan", text) },
      {
        head: "MAY RUN",
        cell: ({ effect }) => effect,
        paint: (text) => paint(EFFECTS[text as keyof typeof EFFECTS], text),
      },
      { head: "BY", cell: ({ rule }) => rule, flexible: true, paint: (text) => paint("dim", text) },
    ],
    rows,
  );
}
