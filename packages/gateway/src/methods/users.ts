import type { UserRow } from "@claw/protocol";
import { OWNER_ID, type Person } from "../people/people.ts";
import type { Handlers, MethodDeps } from "./context.ts";

const OWNER: Person = { id: OWNER_ID, role: "owner", scopes: ["admin"] };

export function userMethods({ people, store }: MethodDeps): Pick<Handlers, "users.list"> {
  return {
    async "users.list"(_params, { principal }) {
      const everybody = [OWNER, ...people.list()];
      // Who else there is, is for admins to know.
      const shown = principal.scopes.includes("admin") ? everybody : everybody.filter(({ id }) => id === principal.id);
      const owned = await store.as(principal).sessions.countByOwner();
      const users = shown.map(
        ({ id, name, role, scopes }): UserRow => ({
          id,
          ...(name === undefined ? {} : { name }),
          role,
          scopes,
          sessions: owned.get(id) ?? 0,
        }),
      );
      return { users };
    },
  };
}
