import { z } from "zod";
import type { MethodSpecs } from "./method-spec.ts";

/** Somebody who has a credential of their own, or the owner. */
export interface UserRow {
  readonly id: string;
  readonly name?: string;
  readonly role: string;
  /** What the role allows: `read`, `write`, `approvals`, `pairing`, `admin`. */
  readonly scopes: readonly string[];
  /** Sessions that are theirs. */
  readonly sessions: number;
}

export interface UsersResults {
  readonly "users.list": { readonly users: readonly UserRow[] };
}

export const usersMethods = {
  "users.list": {
    summary: "Who shares this gateway and what each may do: all for an admin, oneself for anybody else.",
    params: z.strictObject({}),
    scope: "operator.read",
    example: {},
  },
} as const satisfies MethodSpecs<UsersResults>;
