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
  AUTH_TOKEN_MISSING: "It lets nobody in without its token.",
  AUTH_REQUIRED: "It lets nobody in without its token.",
  AUTH_TOKEN_MISMATCH: "That is not the token of this gateway.",
  AUTH_UNAUTHORIZED: "That is not the token of this gateway.",
  AUTH_RATE_LIMITED: "There were too many wrong tokens. Wait a minute before the next.",
};

/** What a closed connection means to somebody in front of the page. */
export function describeRefusal({ code, reason, error }: Extract<ClientState, { status: "closed" }>): Refusal {
  const detail = String(error?.details?.["code"] ?? "");
  const explanation = CREDENTIALS[detail];
  return {
    title: explanation === undefined ? "The gateway refused this page" : "Connect to this gateway",
    explanation: explanation ?? "Reload the page, or try another token.",
    reason: reason || `connection closed with code ${code}`,
    isQuestion: detail === "AUTH_TOKEN_MISSING" || detail === "AUTH_REQUIRED",
  };
}
