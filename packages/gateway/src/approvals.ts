import type {
  Approval,
  ApprovalDecision,
  ApprovalLedger,
  Clock,
  Logger,
  NewApproval,
  Principal,
  Store,
} from "@claw/core";

/** Questions to people about effects, and those who wait for the answers. */
export interface Approvals {
  /** Asks, or finds what was asked before; people are told once. Granted for always it comes back answered. */
  request(approval: Omit<NewApproval, "expiresAt">, timeoutMs?: number): Promise<Approval>;
  /** The approval with its answer; `undefined` when `signal` fires first. */
  answered(approval: Approval, signal: AbortSignal): Promise<Approval | undefined>;
  /** See `OwnApprovals.answer`. */
  answer(principal: Principal, id: string, decision: ApprovalDecision): ReturnType<Answer>;
  /** Nobody waits for the answer any more. */
  close(id: string): Promise<void>;
  /** Takes up what a restart found waiting: its time may be over. */
  start(): Promise<void>;
  /** Nothing is denied for want of an answer any more. */
  stop(): void;
}

type Answer = ReturnType<Store["as"]>["approvals"]["answer"];

export interface ApprovalsOptions {
  readonly store: Pick<Store, "as"> & { readonly approvals: ApprovalLedger };
  readonly clock: Clock;
  readonly log: Logger;
  /** Tells people what is asked, and later what was answered. */
  readonly tell: (event: "requested" | "resolved", approval: Approval) => void;
}

const APPROVAL_TIMEOUT_MS = 30 * 60_000;

export function createApprovals({ store, clock, log, tell }: ApprovalsOptions): Approvals {
  const ledger = store.approvals;
  /** Those that wait, each with its timer and those who wait for it. */
  const waiting = new Map<string, { readonly cancel: () => void; readonly waiters: Set<(one: Approval) => void> }>();

  const settle = (approval: Approval): void => {
    const known = waiting.get(approval.id);
    waiting.delete(approval.id);
    known?.cancel();
    tell("resolved", approval);
    for (const resolve of known?.waiters ?? []) resolve(approval);
  };

  async function close(id: string): Promise<void> {
    if (waiting.has(id)) settle(await ledger.close(id));
  }

  const watch = ({ id, expiresAt }: Approval): boolean => {
    if (waiting.has(id)) return false;
    const expire = (): void =>
      void close(id).catch((error: unknown) =>
        log.error("an approval could not be closed", { id, error: String(error) }),
      );
    const cancel = clock.after(Math.max(0, expiresAt.getTime() - clock.now().getTime()), expire);
    waiting.set(id, { cancel, waiters: new Set() });
    return true;
  };

  return {
    async request(asked, timeoutMs = APPROVAL_TIMEOUT_MS) {
      const granted = await ledger.grant(asked);
      if (granted !== undefined) return granted;
      const expiresAt = new Date(clock.now().getTime() + timeoutMs);
      const approval = await ledger.request({ ...asked, expiresAt });
      if (approval.answer === undefined && watch(approval)) tell("requested", approval);
      return approval;
    },

    answered(approval, signal) {
      if (approval.answer !== undefined) return Promise.resolve(approval);
      const { promise, resolve } = Promise.withResolvers<Approval | undefined>();
      const waiters = waiting.get(approval.id)?.waiters;
      // Answered between the request and now: the store has it.
      if (waiters === undefined) return ledger.close(approval.id);
      const giveUp = (): void => resolve(undefined);
      waiters.add(resolve);
      if (signal.aborted) giveUp();
      else signal.addEventListener("abort", giveUp, { once: true });
      return promise.finally(() => {
        waiters.delete(resolve);
        signal.removeEventListener("abort", giveUp);
      });
    },

    async answer(principal, id, decision) {
      const answer = await store.as(principal).approvals.answer(id, decision);
      if (answer?.first === true) settle(answer.approval);
      return answer;
    },

    close,

    async start() {
      for (const approval of await ledger.pending()) watch(approval);
    },

    stop() {
      for (const { cancel } of waiting.values()) cancel();
    },
  };
}
