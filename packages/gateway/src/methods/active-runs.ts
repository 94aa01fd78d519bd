import type { Principal, Store } from "@claw/core";
import type { ActiveRun, Runs } from "../runs.ts";

interface Looking {
  readonly store: Pick<Store, "as">;
  readonly runs: Runs;
}

/** The runs in progress of a session, for those who may see it. */
export async function runsSeen(
  { store, runs }: Looking,
  principal: Principal,
  session: string,
): Promise<readonly ActiveRun[]> {
  const active = runs.ofSession(session);
  return active.length > 0 && (await store.as(principal).sessions.get(session)) !== undefined ? active : [];
}

/** The same, for those who may write to it, and with that stop what goes on in it. */
export async function runsStoppable(
  { store, runs }: Looking,
  principal: Principal,
  session: string,
): Promise<readonly ActiveRun[]> {
  const active = runs.ofSession(session);
  const access = active.length > 0 && (await store.as(principal).sessions.get(session))?.access;
  return access === "write" || access === "manage" ? active : [];
}
