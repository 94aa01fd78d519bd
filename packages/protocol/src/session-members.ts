import { z } from "zod";
import type { MethodSpecs } from "./method-spec.ts";
import { identifier, sessionKey } from "./params.ts";

const target = { sessionKey, agentId: identifier.optional() };

const sessionMembersListParams = z.strictObject(target);

const sessionMembersAddParams = z.strictObject({
  ...target,
  memberId: identifier.describe("Id of a user of this gateway."),
  access: z
    .enum(["read", "write"])
    .optional()
    .describe("Default `read`. Somebody who was let in before has this from now on."),
});

const sessionMembersRemoveParams = z.strictObject({ ...target, memberId: identifier });

/** Who may see a session, beside the admins of the gateway. */
export interface SessionMembers {
  readonly sessionKey: string;
  readonly ownerId: string;
  /** By id. */
  readonly members: readonly { readonly memberId: string; readonly access: "read" | "write" }[];
}

export interface SessionMembersResults {
  readonly "session.members.list": SessionMembers;
  readonly "session.members.add": SessionMembers;
  readonly "session.members.remove": SessionMembers;
}

export const sessionMembersMethods = {
  "session.members.list": {
    summary: "Who may see a session.",
    params: sessionMembersListParams,
    scope: "operator.read",
    example: { sessionKey: "main" },
  },
  "session.members.add": {
    summary: "Lets somebody into a session of one's own, to read it or to write to it as well.",
    params: sessionMembersAddParams,
    scope: "operator.write",
    example: { sessionKey: "main", memberId: "bob", access: "write" },
  },
  "session.members.remove": {
    summary: "Shuts somebody out of a session of one's own again, and stops what they started in it.",
    params: sessionMembersRemoveParams,
    scope: "operator.write",
    example: { sessionKey: "main", memberId: "bob" },
  },
} as const satisfies MethodSpecs<SessionMembersResults>;
