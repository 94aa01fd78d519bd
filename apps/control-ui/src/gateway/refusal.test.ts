import { GatewayError } from "@claw/client";
import { expect, test } from "vitest";
import { describeRefusal } from "./refusal.ts";

const closed = (code: string, reason: string) =>
  ({
    status: "closed",
    code: 1008,
    reason,
    error: new GatewayError("INVALID_REQUEST", reason, { details: { code } }),
  }) as const;

test("a missing token is a question, a wrong one a mistake, and both show the gateway's words", () => {
  expect(describeRefusal(closed("AUTH_TOKEN_MISSING", "unauthorized"))).toMatchObject({
    isQuestion: true,
    reason: "unauthorized",
  });
  expect(describeRefusal(closed("AUTH_TOKEN_MISMATCH", "unauthorized"))).toMatchObject({
    isQuestion: false,
    explanation: "That is not the token of this gateway.",
  });
});

test("any other refusal is told as it came", () => {
  expect(describeRefusal(closed("PROTOCOL_MISMATCH", "protocol 5 needed")).reason).toBe("protocol 5 needed");
  expect(describeRefusal({ status: "closed", code: 1002, reason: "" }).reason).toBe("connection closed with code 1002");
});
