import type { EgressAudit, EgressDecision, EgressEnd, EgressIdentity } from "@claw/egress-proxy";
import type { NetworkDesk } from "@claw/gateway";
import type { EgressTotals } from "@claw/telemetry";

/** Puts what a proxy decides on record, with its rules named as the configuration does. */
export function egressAudit(
  recordFor: (identity: EgressIdentity) => NetworkDesk["record"],
  nameOf: (rule: string) => string,
): EgressAudit {
  return {
    async decided(decision) {
      const { rule: named, verdict, reason = "" } = decision;
      const rule = nameOf(named);
      const effect = verdict === "allow" ? ({ effect: verdict, rule } as const) : { effect: verdict, rule, reason };
      const record = await recordFor(decision.identity)(inputOf(decision), effect);
      return {
        ended: (end) =>
          record.outcome({ ok: end.verdict === "done", summary: summaryOf(end), durationMs: end.durationMs }),
      };
    },
  };
}

/** Adds up what is recorded. */
export function counted(audit: EgressAudit, totals: Writable<EgressTotals>): EgressAudit {
  return {
    async decided(decision) {
      totals[decision.verdict === "allow" ? "allowed" : "refused"]++;
      const record = await audit.decided(decision);
      return {
        ended(end) {
          totals.bytesUp += end.bytesUp;
          totals.bytesDown += end.bytesDown;
          return record.ended(end);
        },
      };
    },
  };
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

function inputOf({ identity: _, verdict: __, rule: ___, reason: ____, ...request }: EgressDecision) {
  return request;
}

function summaryOf({ verdict, reason, ip, sni, bytesUp, bytesDown }: EgressEnd): string {
  const details = [
    verdict,
    reason,
    ip,
    sni === undefined ? undefined : `TLS for ${sni}`,
    `${bytesUp} bytes up, ${bytesDown} down`,
  ];
  return details.filter((one) => one !== undefined).join("; ");
}
