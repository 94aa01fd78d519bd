import type {
  Agent,
  Audit,
  Channel,
  Clock,
  Logger,
  ModelSource,
  Policy,
  PriceList,
  Principal,
  Route,
  SandboxProvider,
  Store,
  Tool,
} from "@claw/core";
import type { FinalResult, GatewayIdentity, MethodName, Params, Result, Status, WireError } from "@claw/protocol";
import type { Intake } from "../accept.ts";
import type { Approvals } from "../approvals.ts";
import type { Audiences } from "../audiences.ts";
import type { Commands } from "../commands/registry.ts";
import type { ConfigFile } from "../config-file.ts";
import type { ApprovalEvents } from "../connection/approval-events.ts";
import type { LiveRuns } from "../connection/live-runs.ts";
import type { Peer } from "../connection/peers.ts";
import type { SessionEvents } from "../connection/session-events.ts";
import type { DeviceAudit } from "../devices/device-audit.ts";
import type { TellPairing } from "../devices/tell-pairing.ts";
import type { ExecControl } from "../exec-control.ts";
import type { Inquiries } from "../inquiries.ts";
import type { InvokeTool } from "../invoke-tool.ts";
import type { Lifecycle } from "../lifecycle.ts";
import type { GatewayOptions, TailLog, ToolSets } from "../options.ts";
import type { People } from "../people/people.ts";
import type { Runs } from "../runs.ts";
import type { Sandboxes, SandboxSettings } from "../sandboxes.ts";
import type { SendMessage } from "../send.ts";
import type { Transcripts } from "../transcripts.ts";
import type { Watchdog } from "../watchdog.ts";

/** What the methods work with. */
export interface MethodDeps {
  readonly agents: ReadonlyMap<string, Agent>;
  readonly defaultAgent: () => string;
  readonly builtInAgents: ReadonlySet<string>;
  readonly people: People;
  readonly store: Store;
  readonly intake: Intake;
  readonly invokeTool: InvokeTool;
  readonly channels: readonly Pick<Channel, "name">[];
  readonly sendMessage: SendMessage;
  readonly approvals: Approvals;
  readonly approvalEvents: ApprovalEvents;
  readonly inquiries: Inquiries;
  readonly runs: Runs;
  readonly watchdog: Pick<Watchdog, "late" | "utilization">;
  readonly eventLoop: GatewayOptions["eventLoop"];
  readonly workerPools: () => Status["workerPools"];
  readonly audiences: Audiences;
  readonly live: LiveRuns;
  readonly transcripts: Pick<Transcripts, "forget">;
  readonly commands: Commands;
  readonly peers: ReadonlySet<Peer>;
  readonly tools: ReadonlyMap<string, Tool>;
  readonly toolSets: ToolSets;
  readonly agentFiles: GatewayOptions["agentFiles"];
  readonly policy: Policy;
  readonly audit: Audit;
  readonly sessionEvents: SessionEvents;
  readonly models: ModelSource | undefined;
  readonly sandbox: SandboxProvider | undefined;
  readonly exec: ExecControl;
  readonly sandboxes: Pick<Sandboxes, "list" | "end" | "trouble">;
  readonly explainSandbox: SandboxSettings["explain"];
  readonly config: ConfigFile | undefined;
  readonly resolveSession: (key: string | undefined, agent: string | undefined) => Route | undefined;
  readonly mayOpen: (principal: Principal, session: string) => boolean;
  /** The gateway's own. */
  readonly identity: GatewayIdentity | undefined;
  readonly tellPairing: TellPairing;
  readonly decideDevice: DeviceAudit;
  /** Closes connections whose credential no longer holds. */
  readonly revoke: (matches: (peer: Peer) => boolean, reason: string) => void;
  readonly tailLog: TailLog | undefined;
  readonly prices: (() => Promise<PriceList>) | undefined;
  readonly lifecycle: Pick<Lifecycle, "safeMode" | "leaveSafeMode">;
  readonly clock: Clock;
  readonly log: Logger;
  readonly version: string;
}

/** Who calls, and how to answer before the end. */
interface Caller<Method extends MethodName> {
  readonly peer: Peer;
  readonly principal: Principal;
  /** When the request was understood, on the monotonic clock. */
  readonly receivedMs: number;
  /** The first of two answers. */
  readonly acknowledge: (payload: Result<Method>) => void;
  /** Does something once the answer is on its way. */
  readonly afterwards: (work: () => void) => void;
}

export type Handler<Method extends MethodName> = (
  params: Params<Method>,
  caller: Caller<Method>,
) => Promise<FinalResult<Method>>;

/** `undefined`: a part that the method needs is not in this composition. */
export type Handlers = { readonly [Method in MethodName]: Handler<Method> | undefined };

/** A refusal that a handler throws; it reaches the caller as it is. */
export class MethodError extends Error {
  readonly wire: WireError;

  constructor(wire: WireError) {
    super(wire.message);
    this.wire = wire;
  }
}
