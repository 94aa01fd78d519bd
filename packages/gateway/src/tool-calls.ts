import {
  type Action,
  type Agent,
  type Approval,
  type Budget,
  ClawError,
  type Inquiry,
  type Journal,
  type Lease,
  type SandboxErrorCode,
  type SandboxSpec,
  type SessionSettings,
  type Tool,
  type ToolCall,
  type ToolResult,
} from "@claw/core";
import type { Afterwards } from "./afterwards.ts";
import type { AskPeople } from "./ask-people.ts";
import type { GatewayErrorCode } from "./errors.ts";
import type { Hub, RunRef } from "./events.ts";
import type { Consent, Gate } from "./gate.ts";
import { unlessGivenUp } from "./give-up.ts";
import { liveOutput } from "./live-output.ts";
import type { NetworkDesks } from "./network-desk.ts";
import { commandIn, oneCommand } from "./one-command.ts";
import type { ActiveRun } from "./runs.ts";
import type { Admit, Planned, Sandboxes } from "./sandboxes.ts";
import { entryOf, failure, failureOf, invalidInput, labelOf, notRun, stuck } from "./tool-results.ts";
import type { Transcript } from "./transcripts.ts";
import type { Aside } from "./until-answered.ts";
import type { WaitingNotices } from "./waiting-notices.ts";

export interface ToolCallsOptions {
  readonly tools: ReadonlyMap<string, Tool>;
  readonly gate: Gate;
  readonly budget: Budget;
  readonly journal: Journal;
  readonly sandboxes: Sandboxes;
  readonly networkDesks: NetworkDesks;
  readonly hub: Hub;
  readonly askPeople: AskPeople;
  readonly notices: WaitingNotices;
  readonly settingsOf: (run: ActiveRun) => Promise<SessionSettings>;
  readonly afterwards: Afterwards;
}

/** Where a call happens. */
interface CallSite extends Aside {
  readonly ref: RunRef;
  readonly run: ActiveRun;
  /** As it was when the turn began. */
  readonly agent: Agent;
  readonly lease: Lease;
  readonly transcript: Transcript;
  readonly signal: AbortSignal;
  /** A tool still running when it fires is left to itself. */
  readonly givenUp: AbortSignal;
}

export type CallTool = (site: CallSite, call: ToolCall) => Promise<ToolResult>;

/**
 * The one way a tool runs: check the input, then gate → budget → journal `started` → effect → journal `finished`.
 * Rejects only when the result can't be journalled; everything else is a result for the model.
 */
export function createToolCalls(options: ToolCallsOptions): CallTool {
  const { tools, gate, budget, journal, sandboxes, networkDesks, hub, askPeople, notices } = options;
  const { settingsOf, afterwards } = options;

  return async (site, call) => {
    const { run, ref, lease, transcript, signal } = site;
    // Nothing is written down either: after a stop of the gateway the call is still to be made.
    if (signal.aborted) return notRun();
    const beganMs = performance.now();
    hub.publish({ ...ref, type: "tool-start", call });

    let started = false;
    const result = await attempt(site, call, async ({ tool, input, planned }, action) => {
      const reservation = await budget.reserve(ref.run, { toolCalls: 1 });
      if (reservation === undefined) return failure("This turn has used up its budget of tool calls.");
      if (signal.aborted) return notRun();
      if (tool.repeatable !== true) {
        const endJournal = run.timeline.begin("journal", "started");
        await journal.effectStarted(lease, ref.run, { id: call.id, action: call.tool, digest: action.digest });
        endJournal();
        started = true;
      }
      return effect(site, call, { tool, input, planned })
        .catch(failureOf)
        .finally(() => reservation.settle({ toolCalls: 1 }));
    }).catch(failureOf);

    // Stopped before it began, while it waited for an answer maybe: as above.
    if (!started && signal.aborted) {
      const result = notRun();
      hub.publish({ ...ref, type: "tool-end", call, result, durationMs: performance.now() - beganMs });
      return result;
    }
    const entry = entryOf(call, result);
    const endJournal = run.timeline.begin("journal", "finished");
    if (started) await journal.effectFinished(lease, ref.run, call.id, entry);
    else await journal.step(lease, ref.run, [entry]);
    endJournal();
    transcript.append(entry.message, entry.provenance);
    hub.publish({ ...ref, type: "tool-end", call, result, durationMs: performance.now() - beganMs });
    return result;
  };

  function consentOf(site: CallSite, call: ToolCall): Consent {
    const { ref, signal, pause, park } = site;
    const tell = (approval: Approval): void => notices.approval({ ...site, call }, approval);
    return { run: ref.run, call: call.id, signal, pause, park, tell };
  }

  /** The checks before the effect. */
  async function attempt(
    site: CallSite,
    call: ToolCall,
    perform: (checked: CheckedCall, action: Action) => Promise<ToolResult>,
  ): Promise<ToolResult> {
    const { ref, run, agent, transcript } = site;
    // What an agent is not offered it does not have, whatever its model may ask for.
    const offered = agent.tools ?? [...tools.keys()];
    const tool = offered.includes(call.tool) ? tools.get(call.tool) : undefined;
    if (tool === undefined) return failure(`There is no tool "${call.tool}". There are: ${offered.join(", ")}.`);
    const checked = await tool.input["~standard"].validate(call.input);
    if (checked.issues !== undefined) return invalidInput(call, checked.issues);
    const command = commandIn(checked.value);
    const { session, agent: name } = ref;
    const settings = await settingsOf(run);
    const principal = run.principal;
    const planned = sandboxes.plan({ session, agent: name, principal, settings, command: command !== undefined });
    const onHost = command === undefined || planned.host === undefined ? {} : { host: "gateway", exec: planned.host };
    return gate.pass(
      {
        type: "tool.call",
        principal: run.principal,
        agent: ref.agent,
        session: ref.session,
        provenance: transcript.provenance,
        input: { tool: call.tool, input: checked.value, ...onHost },
        consent: consentOf(site, call),
      },
      run.timeline,
      (action) => perform({ tool, input: checked.value, planned }, action),
      (result) => ({ ok: !result.failed, summary: call.tool }),
    );
  }

  async function effect(site: CallSite, call: ToolCall, { tool, input, planned }: CheckedCall): Promise<ToolResult> {
    const { ref, run, transcript, signal, givenUp } = site;
    const admit: Admit = (spec, acquire) =>
      gate.pass(
        {
          type: "sandbox.acquire",
          principal: run.principal,
          agent: ref.agent,
          session: ref.session,
          provenance: transcript.provenance,
          input: shownSpec(planned, spec),
          consent: consentOf(site, call),
        },
        run.timeline,
        async () => {
          const end = run.timeline.begin("sandbox", `${spec.workspace.access} workspace, network ${networkName(spec)}`);
          return acquire().finally(end);
        },
        () => ({ ok: true, summary: "acquired" }),
      );

    const network = networkDesks({
      principal: run.principal,
      agent: ref.agent,
      session: ref.session,
      provenance: () => transcript.provenance,
      tell: consentOf(site, call).tell,
    });
    const hold = sandboxes.hold(planned);
    const end = run.timeline.begin("tool", labelOf(call));
    const background: Promise<void>[] = [];
    let lost = false;
    try {
      const running = tool.run(input, {
        run: ref.run,
        session: ref.session,
        agent: ref.agent,
        principal: run.principal,
        async sandbox() {
          // The configuration may have changed while the call waited for an answer.
          if (planned.host !== undefined && sandboxes.plan(planned.site).host === undefined) throw hostClosed();
          const sandbox = await hold.get({ admit, network, signal });
          return planned.host === undefined ? sandbox : oneCommand(sandbox, commandIn(input));
        },
        ask(questions, { timeoutMs }) {
          const tell = (inquiry: Inquiry): void => notices.question({ ...site, call }, inquiry);
          return askPeople({ ...site, call, tell }, questions, timeoutMs);
        },
        goesOn(work) {
          background.push(afterwards({ run, provenance: () => transcript.provenance }, work));
        },
        progress: liveOutput((chunk) => {
          if (!givenUp.aborted) hub.publish({ ...ref, type: "tool-progress", callId: call.id, tool: call.tool, chunk });
        }),
        signal,
      });
      const result = await unlessGivenUp(running, givenUp);
      lost = result === undefined;
      return result ?? stuck();
    } catch (error) {
      lost = ClawError.is<SandboxErrorCode>(error, "SANDBOX_LOST");
      throw error;
    } finally {
      if (lost || background.length === 0) hold.release({ lost });
      else void Promise.all(background).then(() => hold.release());
      end();
    }
  }
}

function hostClosed(): ClawError<GatewayErrorCode> {
  return new ClawError(
    "GATEWAY_REFUSED",
    "Refused by rule sandbox.host: running on the host is no longer allowed here.",
  );
}

/** A call that may be put to the policy. */
interface CheckedCall {
  readonly tool: Tool;
  readonly input: unknown;
  readonly planned: Planned;
}

/** As policies and people are told, and as it is recorded: of secrets the names alone. */
function shownSpec({ host }: Planned, { secrets, ...spec }: SandboxSpec): Action["input"] {
  const place = host === undefined ? { network: networkName(spec) } : { place: "host", network: "host" };
  return { ...spec, ...place, ...(secrets === undefined ? {} : { secrets: Object.keys(secrets) }) };
}

function networkName({ network }: Pick<SandboxSpec, "network">): "none" | "proxy" {
  return network === "none" ? "none" : "proxy";
}
