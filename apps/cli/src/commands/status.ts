import type { HelloOk, ModelsList, SafeModeInfo } from "@claw/protocol";
import type { Command } from "commander";
import { configRows } from "../config-rows.ts";
import { connect, type Link } from "../connect.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { failureOf } from "../failure.ts";
import { type GatewayFlags, withGatewayFlags } from "../gateway-flags.ts";
import { examples } from "../help.ts";
import { loadRows } from "../load-rows.ts";
import { locateGateway } from "../locate-gateway.ts";
import { facts, paint, print, printJson } from "../output.ts";
import { sandboxLines } from "../sandbox-lines.ts";
import { sessionTable } from "../session-table.ts";
import { duration, oneLine } from "../text.ts";

const SHOWN_SESSIONS = 5;

export function addStatus(program: Command): void {
  const command = program
    .command("status")
    .description("see whether the gateway runs, with which model and how safely")
    .option("--json", "print JSON");
  examples(withGatewayFlags(command), [
    ["claw status", "for people"],
    ["claw status --json | jq .gateway.reachable", "for scripts"],
  ]).action(async ({ json, ...flags }: GatewayFlags & { readonly json?: true }) => {
    const endpoint = await locateGateway(flags);
    const where = { url: endpoint.url, ...(endpoint.local ? { stateDir: endpoint.stateDir } : {}) };
    try {
      using link = await connect(flags, { scopes: ["operator.read"] });
      const found = await ask(link);
      if (json) printJson(asJson(where, found));
      else show(where, found);
    } catch (error) {
      const { exitCode, message } = failureOf(error);
      const reachable = exitCode === EXIT_CODES.refused;
      const state = reachable ? "✗ refuses this credential" : "✗ not reachable";
      if (json) printJson({ gateway: { reachable, ...where, error: message } });
      else print(facts([["Gateway", `${paint("red", state)}  ${paint("dim", where.url)}`], ...stateRow(where)]));
      throw error;
    }
  });
}

interface Where {
  readonly url: string;
  readonly stateDir?: string;
}

type Found = Awaited<ReturnType<typeof ask>>;

async function ask({ client, hello }: Link) {
  const [models, sandbox, agents, sessions, status] = await Promise.all([
    client.request("models.list", {}),
    client.request("sandbox.status", {}),
    client.request("agents.list", {}),
    client.request("sessions.list", { limit: 100 }),
    client.request("status", {}),
  ]);
  const { lateRuns, safeMode, storeTroubles } = status;
  return { hello, models, sandbox, agents, sessions, status, lateRuns, safeMode, storeTroubles };
}

function defaultModel({ models }: ModelsList): ModelsList["models"][number] | undefined {
  return models.find(({ tags }) => tags.includes("default"));
}

function asJson(where: Where, found: Found): object {
  const { hello, models, sandbox, agents, sessions, status, lateRuns, safeMode, storeTroubles } = found;
  const { eventLoop, workerPools, modelRuntime, degradedSecretOwners, processMemory } = status;
  const model = defaultModel(models);
  return {
    gateway: { reachable: true, ...where, version: hello.server.version, uptimeMs: hello.snapshot.uptimeMs },
    model: model === undefined ? null : { ref: `${model.provider}/${model.id}`, ...model },
    safeMode: safeMode ?? null,
    configReload: hello.snapshot.health.configReload ?? null,
    storeTroubles,
    sandbox,
    agents: agents.agents,
    defaultAgent: agents.defaultId,
    sessions: sessions.sessions,
    lateRuns,
    eventLoop,
    workerPools,
    modelRuntime,
    degradedSecretOwners,
    processMemory,
  };
}

function show(where: Where, found: Found): void {
  const { hello, models, sandbox, agents, sessions, status, lateRuns, safeMode, storeTroubles } = found;
  print(
    facts([
      ["Gateway", gatewayLine(where, hello)],
      ...stateRow(where),
      ...safeModeRow(safeMode),
      ...configRows(hello.snapshot.health.configReload),
      ...troubleRows(storeTroubles),
      ["Model", modelLine(models)],
      ["Sandbox", ...sandboxLines(sandbox)],
      ["Agents", agents.agents.map(({ id }) => oneLine(id)).join(", ")],
      ["Sessions", `${sessions.totalCount ?? sessions.count}${sessions.hasMore ? "+" : ""}`],
      ...loadRows(status),
      ...lateRows(lateRuns),
    ]),
  );
  const recent = sessions.sessions.slice(0, SHOWN_SESSIONS);
  if (recent.length > 0) print(`\n${sessionTable(recent)}`);
  if (sessions.sessions.length > SHOWN_SESSIONS) print(paint("dim", '… "claw sessions" lists them all'));
}

function gatewayLine({ url }: Where, { server, snapshot }: HelloOk): string {
  const up = paint("green", `✓ up for ${duration(snapshot.uptimeMs)}`);
  return `${up}  ${oneLine(server.version)}  ${paint("dim", url)}`;
}

function modelLine(list: ModelsList): string {
  const model = defaultModel(list);
  if (model === undefined) return paint("yellow", 'none: "claw config set agents.defaults.model <provider/model>"');
  const missing = model.available ? "" : `  ${paint("yellow", "has no key")}`;
  const ref = `${model.provider}/${model.id}`;
  return `${oneLine(ref)}${missing}`;
}

function safeModeRow(safeMode: SafeModeInfo | undefined): readonly (readonly [string, ...string[]])[] {
  if (safeMode === undefined) return [];
  const { reason, parked, parkedCount } = safeMode;
  const runs = parked.map(({ runId, sessionKey }) => paint("dim", oneLine(`· ${runId} in ${sessionKey}`)));
  const waiting = `Channels are off. Unfinished turns that wait: ${parkedCount}. "claw safe-mode off" leaves it.`;
  return [["Safe mode", paint("yellow", oneLine(reason)), waiting, ...runs]];
}

/** An older gateway says nothing of it. */
function troubleRows(troubles: Found["storeTroubles"] = []): readonly (readonly [string, ...string[]])[] {
  const lines = troubles.map(({ message }) => paint("red", `✗ ${oneLine(message)}`));
  return lines.length === 0 ? [] : [["Data", ...lines]];
}

const stateRow = ({ stateDir }: Where): (readonly [string, string])[] =>
  stateDir === undefined ? [] : [["State", stateDir]];

/** What hangs, and where. */
function lateRows(lateRuns: Found["lateRuns"]): readonly (readonly [string, ...string[]])[] {
  const lines = lateRuns.map(({ sessionKey, stage, label, forMs }) => {
    const what = label === undefined ? stage : `${stage} ${oneLine(label)}`;
    return `${oneLine(sessionKey)} ${paint("yellow", `is in ${what} for ${duration(forMs)}`)}`;
  });
  return lines.length === 0 ? [] : [["Late", ...lines]];
}
