import * as z from "zod";
import { agentId, type SecretResolver, secretField } from "./fields.ts";

const userId = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "a user id: a-z, 0-9, _ and -, at most 64 characters");

const roleId = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, "the name of a role: a-z, 0-9, _ and -");

/** Whom one agent is kept for. */
export const agentPeople = {
  owner: userId.exactOptional().describe("User it is kept for; with neither owner nor members it is everybody's."),
  members: z.array(userId).max(1_024).exactOptional().describe("Users it is kept for besides its owner."),
};

export function usersSchema(resolve: SecretResolver) {
  const user = z.strictObject({
    name: z.string().min(1).max(200).exactOptional().describe("Name for people."),
    role: roleId.describe("What they may do: owner, admin, operator, member, viewer, or one of roles."),
    token: secretField(resolve, "Their own token, 16 characters or more.").exactOptional(),
    password: secretField(
      resolve,
      'Their own password; or its hash, as "claw users password" prints it.',
    ).exactOptional(),
    identities: z
      .array(z.string().regex(/^[a-z0-9-]+:.{1,256}$/, 'a channel and an id, like "telegram:123"'))
      .max(64)
      .exactOptional()
      .describe("Who they are on channels, as <channel>:<id>, by ids that the platform never gives to somebody else."),
  });
  return z.record(userId, user).default({});
}

export const rolesSchema = z
  .record(
    roleId,
    z.strictObject({
      scopes: z
        .array(z.enum(["read", "write", "approvals", "pairing", "admin"]))
        .describe("What it may do; write includes read, admin everything and everybody's sessions."),
      agents: z
        .array(agentId)
        .max(256)
        .exactOptional()
        .describe("Agents it may talk to; all that are kept for nobody when absent."),
    }),
  )
  .default({});
