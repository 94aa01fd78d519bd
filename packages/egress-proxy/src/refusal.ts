import { STATUS_CODES } from "node:http";

/** Why a request does not get through. */
export interface Refusal {
  readonly status: 400 | 403 | 429 | 502 | 503 | 504;
  readonly rule: string;
  readonly reason: string;
  /** What a person can do about it; absent when nobody can. */
  readonly remedy?: string;
}

/** For a model to read: what was refused, by which rule, and who can change that. */
export function refusalText({ rule, reason, remedy, status }: Refusal, target: string): string {
  const what = status === 502 || status === 504 ? "could not be reached" : "was refused by the network rules";
  const lines = [`${target} ${what}: ${reason}.`, `Rule: ${rule}.`];
  if (remedy !== undefined) lines.push(`${remedy} Other addresses for it and repeated attempts are refused as well.`);
  return `${lines.join("\n")}\n`;
}

/** A whole HTTP response. Its status line tells the reason as well: of a refused tunnel many clients show nothing else. */
export function rawRefusal(refusal: Refusal, target: string): string {
  const body = refusalText(refusal, target);
  const phrase = `${STATUS_CODES[refusal.status]}: ${refusal.reason}`.replace(/[^\x20-\x7e]/g, "?").slice(0, 200);
  return [
    `HTTP/1.1 ${refusal.status} ${phrase}`,
    "connection: close",
    "content-type: text/plain; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    "",
    body,
  ].join("\r\n");
}
