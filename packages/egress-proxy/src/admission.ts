import type { Socket } from "node:net";
import type { Clock, Logger } from "@claw/core";
import type { Account } from "./accounts.ts";
import type { Answer, EgressQuestion } from "./consent.ts";
import { type Dial, dialWithin } from "./dial.ts";
import type { EgressAudit, EgressEnd, EgressRecord, EgressRequest } from "./egress.ts";
import type { Host } from "./host.ts";
import type { EgressLimits } from "./limits.ts";
import type { Refusal } from "./refusal.ts";
import { type Resolve, type Resolved, resolveTarget } from "./resolve.ts";
import type { Match } from "./rules.ts";
import { within } from "./within.ts";

export interface AdmissionOptions {
  readonly audit: EgressAudit | undefined;
  readonly consent: ((question: EgressQuestion, signal: AbortSignal) => Promise<Answer>) | undefined;
  /** What a person can do about a refusal. */
  readonly remedy: (request: EgressRequest) => string;
  readonly resolve: Resolve;
  readonly dial: Dial;
  readonly limits: Required<EgressLimits>;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Applicant {
  readonly request: EgressRequest;
  readonly host: Host;
  readonly match: Match;
  /** Whether a person may be asked about what no rule speaks of. */
  readonly ask: boolean;
  readonly account: Account;
  /** Fires when the client is gone. */
  readonly signal: AbortSignal;
}

/** An open connection to where an allowed request goes, and its record. */
export interface Passage {
  readonly socket: Socket;
  /** False when the identity has used up its bytes. */
  up(bytes: number): boolean;
  down(bytes: number): boolean;
  /** Closes the connection and the record; to be called once. */
  end(how: Pick<EgressEnd, "verdict" | "reason" | "sni">): Promise<void>;
}

export type Admit = (applicant: Applicant) => Promise<Passage | { readonly refusal: Refusal }>;

type Permitted = { readonly rule: string; readonly allowPrivate: boolean };

/** Decides about a request, records that, and connects: the only way out. */
export function createAdmission(options: AdmissionOptions): Admit {
  const { audit, consent, remedy, resolve, dial, limits, clock, log } = options;

  /** Who is refused is refused, whether or not that can be written down. */
  async function refuse(request: EgressRequest, refusal: Refusal): Promise<{ readonly refusal: Refusal }> {
    const { rule, reason } = refusal;
    await audit
      ?.decided({ ...request, verdict: "deny", rule, reason })
      .catch((error: unknown) => log.error("a refused connection is missing in the audit", { error: String(error) }));
    return { refusal };
  }

  async function permit({ request, match, ask, signal }: Applicant): Promise<Permitted | Refusal> {
    if (match.effect === "allow") return match;
    const { rule, reason, listed } = match;
    if (listed) return { status: 403, rule, reason };
    const closed: Refusal = { status: 403, rule, reason, remedy: remedy(request) };
    if (consent === undefined || !ask) return closed;
    const answer = await consent({ ...request, rule, reason }, signal);
    if (answer.allowed) return { rule: answer.rule, allowPrivate: false };
    return { ...closed, rule: `${rule}, ${answer.rule}`, reason: `${reason}, and ${answer.reason}` };
  }

  async function connect(
    { request, account, signal }: Applicant,
    addresses: readonly string[],
    record: EgressRecord | undefined,
  ): Promise<Passage | { readonly refusal: Refusal }> {
    const beganMs = clock.monotonicMs();
    let bytesUp = 0;
    let bytesDown = 0;
    let ip: string | undefined;
    const close = async (how: Pick<EgressEnd, "verdict" | "reason" | "sni">): Promise<void> => {
      const durationMs = clock.monotonicMs() - beganMs;
      await record
        ?.ended({ ...how, ...(ip === undefined ? {} : { ip }), bytesUp, bytesDown, durationMs })
        .catch((error: unknown) => log.error("a connection's end is missing in the audit", { error: String(error) }));
    };

    const timeoutMs = limits.connectTimeoutMs;
    const target = { addresses, port: request.port };
    const socket = await dialWithin(() => dial(target), { clock, timeoutMs, signal });
    if ("failed" in socket) {
      const reason = socket.failed;
      await close({ verdict: "failed", reason });
      return { refusal: { status: socket.late ? 504 : 502, rule: "connect", reason } };
    }
    ip = socket.remoteAddress;
    return {
      socket,
      up(bytes) {
        bytesUp += bytes;
        return account.up(bytes);
      },
      down(bytes) {
        bytesDown += bytes;
        return account.down(bytes);
      },
      end(how) {
        socket.destroy();
        return close(how);
      },
    };
  }

  return async (applicant) => {
    const { request, host, account } = applicant;
    const rate = account.request();
    if (rate !== "fits") {
      const refusal = {
        status: 429,
        rule: "limits.requestsPerMinute",
        reason: "too many requests in a minute",
      } as const;
      return rate === "over" ? refuse(request, refusal) : { refusal };
    }
    const permitted = await permit(applicant);
    if ("status" in permitted) return refuse(request, permitted);

    const lookup = resolveTarget(host, permitted.allowPrivate, resolve);
    const found: Resolved = (await within(lookup, limits.connectTimeoutMs, clock)) ?? {
      failed: "its name servers do not answer",
    };
    if ("failed" in found) return refuse(request, { status: 502, rule: "name", reason: found.failed });
    if ("refused" in found) return refuse(request, { status: 403, rule: "addresses", reason: found.refused });

    try {
      const record = await audit?.decided({ ...request, verdict: "allow", rule: permitted.rule });
      return await connect(applicant, found.addresses, record);
    } catch (error) {
      log.error("a connection is refused, because it can't be recorded", { error: String(error) });
      return { refusal: { status: 503, rule: "audit", reason: "it could not be recorded" } };
    }
  };
}
