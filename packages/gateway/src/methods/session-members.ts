import type { Principal, Session } from "@claw/core";
import { invalidRequest, type SessionMembers } from "@claw/protocol";
import { type Handlers, type MethodDeps, MethodError } from "./context.ts";
import { sessionOf } from "./session-of.ts";

interface Target {
  readonly sessionKey: string;
  readonly agentId?: string | undefined;
}

/** Methods that let people into a session, and shut them out. */
export function sessionMemberMethods(deps: MethodDeps): Pick<Handlers, `session.members.${"list" | "add" | "remove"}`> {
  const { store, runs, audiences, sessionEvents, people } = deps;

  const seen = async (principal: Principal, { sessionKey, agentId }: Target): Promise<Session> => {
    const session = await store.as(principal).sessions.get(sessionOf(deps, sessionKey, agentId).session);
    if (session === undefined) throw missing(sessionKey);
    return session;
  };

  const shared = async (principal: Principal, target: Target): Promise<Session> => {
    const session = await seen(principal, target);
    if (session.access === "manage") return session;
    throw new MethodError({ code: "FORBIDDEN", message: "a session is shared by its owner and by admins alone" });
  };

  const listed = async (principal: Principal, { key, owner }: Session): Promise<SessionMembers> => {
    const members = (await store.as(principal).sessions.members(key)) ?? [];
    return { sessionKey: key, ownerId: owner, members: members.map(({ id, access }) => ({ memberId: id, access })) };
  };

  /** What somebody started who may write no more is stopped; those who may see the session are told. */
  const changed = async (principal: Principal, session: Session, member: string): Promise<SessionMembers> => {
    await audiences.hold(session.key);
    audiences.release(session.key);
    const list = await listed(principal, session);
    const writes = list.members.some(({ memberId, access }) => memberId === member && access === "write");
    const theirs = runs.ofSession(session.key).filter((run) => run.principal.id === member);
    for (const run of writes ? [] : theirs) run.controller.abort();
    sessionEvents.changed(session.key, "members");
    return list;
  };

  return {
    "session.members.list": async (params, { principal }) => listed(principal, await seen(principal, params)),

    async "session.members.add"({ memberId, access = "read", ...target }, { principal }) {
      const session = await shared(principal, target);
      if (memberId === session.owner) throw new MethodError(invalidRequest(`${memberId} owns this session`));
      if (!people.knows(memberId)) throw unknownUser(memberId);
      await store.as(principal).sessions.share(session.key, { id: memberId, access });
      return changed(principal, session, memberId);
    },

    async "session.members.remove"({ memberId, ...target }, { principal }) {
      const session = await shared(principal, target);
      if (!(await store.as(principal).sessions.unshare(session.key, memberId))) {
        throw new MethodError(invalidRequest(`${memberId} is no member of this session`));
      }
      return changed(principal, session, memberId);
    },
  };
}

function unknownUser(id: string): MethodError {
  const message = `memberId: expected the id of a user of this gateway, as users.list shows it to an admin, found ${id}`;
  return new MethodError(invalidRequest(message, { code: "UNKNOWN_USER" }));
}

function missing(key: string): MethodError {
  return new MethodError(invalidRequest(`there is no session ${key}`, { code: "SESSION_NOT_FOUND" }));
}
