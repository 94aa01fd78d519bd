import { hasScope, type Policy, type Principal } from "@claw/core";
import { firstOf, rule } from "./combinators.ts";
import { type ToolPolicyOptions, toolPolicy } from "./tool-policy.ts";

export interface OwnerPolicyOptions {
  /** The configuration's `tools`, with its `agents.list` as `agents` and its `agents.entries`. */
  readonly tools?: ToolPolicyOptions;
  /** Tools may be given the bare host. Default false. */
  readonly host?: boolean;
}

/**
 * What a gateway that serves its owner starts with: messages from whoever holds the scope `write`, and to
 * channels for those of them who are no agents, tools by
 * {@link toolPolicy}, sandboxes without a network or behind the proxy, and the host where `host` says so. No opinion about anything else, which is thereby denied.
 */
export function ownerPolicy({ tools = {}, host = false }: OwnerPolicyOptions = {}): Policy {
  return firstOf(
    rule("scope.write", ({ type, principal }) => type === "message.accept" && hasScope(principal, "write"), {
      effect: "allow",
    }),
    rule("scope.write", ({ type }) => type === "message.accept", {
      effect: "deny",
      reason: "sending a message needs the scope write, which this connection does not have",
    }),
    rule("scope.write", ({ type, principal }) => type === "message.send" && isPerson(principal), { effect: "allow" }),
    rule("scope.write", ({ type }) => type === "message.send", {
      effect: "deny",
      reason: "a message to a channel is for people and services with the scope write to send, not for agents",
    }),
    toolPolicy(tools),
    rule("sandbox.host.enabled", ({ type, input }) => host && type === "sandbox.acquire" && input["place"] === "host", {
      effect: "allow",
    }),
    rule("sandbox.network", ({ type, input }) => type === "sandbox.acquire" && CLOSED.has(input["network"]), {
      effect: "allow",
    }),
    rule("sandbox.network", ({ type }) => type === "sandbox.acquire", {
      effect: "deny",
      reason: "a sandbox may only be had without a network, or behind the proxy",
    }),
  );
}

const CLOSED: ReadonlySet<unknown> = new Set(["none", "proxy"]);

function isPerson(principal: Principal): boolean {
  return principal.kind !== "agent" && hasScope(principal, "write");
}
