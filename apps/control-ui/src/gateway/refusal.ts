import type { ClientState } from "@claw/client";

export interface Refusal {
  readonly title: string;
  /** For people, before the gateway's own words. */
  readonly explanation: string;
  readonly reason: string;
  /** Nothing went wrong: the gateway only asks who this is. */
  readonly isQuestion: boolean;
}

const CREDENTIALS: Readonly<Record<string, string>> = {
  AUTH_TOKEN_MISSING: "It lets nobody in who does not say who they are.",
  AUTH_PASSWORD_MISSING: "It lets nobody in without its password.",
  AUTH_REQUIRED: "It lets nobody in who does not say who they are.",
  AUTH_TOKEN_MISMATCH: "That is not the token of this gateway.",
  AUTH_PASSWORD_MISMATCH: "That user and password do not fit.",
  AUTH_UNAUTHORIZED: "That does not let you in any more.",
  AUTH_DEVICE_TOKEN_MISMATCH: "This browser was signed out. Sign in again.",
  PAIRING_REQUIRED: "This browser is not known any more. Sign in, or wait until somebody lets it in.",
  AUTH_RATE_LIMITED: "There were too many wrong ones. Wait a few minutes before the next.",
};
const QUESTIONS: ReadonlySet<string> = new Set(["AUTH_TOKEN_MISSING", "AUTH_PASSWORD_MISSING", "AUTH_REQUIRED"]);

type Refused = Extract<ClientState, { readonly status: "closed" | "reconnecting" }>;

/** What a connection that was refused means to somebody in front of the page. */
export function describeRefusal({ reason, error, ...state }: Refused): Refusal {
  const detail = String(error?.details?.["code"] ?? "");
  const explanation = CREDENTIALS[detail];
  return {
    title: explanation === undefined ? "The gateway refused this page" : "Connect to this gateway",
    explanation: explanation ?? "Reload the page, or try another way in.",
    reason: reason || `connection closed with code ${"code" in state ? state.code : "unknown"}`,
    isQuestion: QUESTIONS.has(detail),
  };
}
