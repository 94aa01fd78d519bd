import type { ActiveRun } from "./runs.ts";

/** The runs that have not begun, in their order. */
export interface Waiting {
  add(run: ActiveRun): void;
  /** It begins, or has become part of another turn. */
  remove(run: ActiveRun): void;
  /** Without those that were stopped and only wait for their end. */
  of(session: string): readonly ActiveRun[];
  countOf(owner: string): number;
}

export function createWaiting(): Waiting {
  const sessions = new Map<string, ActiveRun[]>();
  const owners = new Map<string, number>();
  const isLeft = (run: ActiveRun): boolean => !run.controller.signal.aborted;
  return {
    add(run) {
      const list = sessions.get(run.session);
      if (list === undefined) sessions.set(run.session, [run]);
      else list.push(run);
      owners.set(run.owner, (owners.get(run.owner) ?? 0) + 1);
    },
    remove(run) {
      const list = sessions.get(run.session);
      const index = list?.indexOf(run) ?? -1;
      if (list === undefined || index < 0) return;
      list.splice(index, 1);
      if (list.length === 0) sessions.delete(run.session);
      const left = (owners.get(run.owner) ?? 1) - 1;
      if (left === 0) owners.delete(run.owner);
      else owners.set(run.owner, left);
    },
    of: (session) => sessions.get(session)?.filter(isLeft) ?? [],
    countOf: (owner) => owners.get(owner) ?? 0,
  };
}
