import { type Access, type Audience, hasScope, type Journal, type Logger, type Principal } from "@claw/core";

/** Who may be told, at once, of what happens in the sessions that something happens in. */
export interface Audiences {
  /**
   * To be called before anything of a session is told, and when it was shared anew: it is read again each time. Each
   * call has its `release`. Never rejects.
   */
  hold(session: string): Promise<void>;
  release(session: string): void;
  /** Reads again who is in a session that is held. Never rejects. */
  renew(session: string): Promise<void>;
  /** A session that did not exist when it was held was made by `owner`. */
  made(session: string, owner: Principal): void;
  /** Nobody may, of a session that is not held. */
  maySee(principal: Principal, session: string): boolean;
  /** What somebody may do in a session that is held, as far as their scopes reach. */
  accessOf(principal: Principal, session: string): Access | undefined;
}

export interface AudiencesOptions {
  readonly journal: Pick<Journal, "audience">;
  readonly log: Logger;
}

interface Entry {
  holders: number;
  audience: Audience | undefined;
  /** One read at a time, so that the newest is the last. */
  reading: Promise<void>;
}

export function createAudiences({ journal, log }: AudiencesOptions): Audiences {
  const entries = new Map<string, Entry>();

  const read = (session: string, entry: Entry): Promise<void> => {
    const reading = entry.reading.then(async () => {
      entry.audience = await journal.audience(session);
    });
    entry.reading = reading.catch((error: unknown) => {
      // Nobody is told, which is safe; what happened can be read later.
      entry.audience = undefined;
      log.warn("who may see a session could not be read", { session, error: String(error) });
    });
    return entry.reading;
  };

  const accessOf: Audiences["accessOf"] = (principal, session) => {
    const audience = entries.get(session)?.audience;
    return audience && accessIn(audience, principal);
  };

  return {
    hold(session) {
      const entry = entries.get(session) ?? { holders: 0, audience: undefined, reading: Promise.resolve() };
      entries.set(session, entry);
      entry.holders += 1;
      return read(session, entry);
    },
    release(session) {
      const entry = entries.get(session);
      if (entry === undefined) return;
      entry.holders -= 1;
      if (entry.holders === 0) entries.delete(session);
    },
    async renew(session) {
      const entry = entries.get(session);
      if (entry !== undefined) await read(session, entry);
    },
    made(session, { tenant, id }) {
      const entry = entries.get(session);
      if (entry !== undefined) entry.audience ??= { tenant, owner: id, members: [] };
    },
    maySee: (principal, session) => hasScope(principal, "read") && accessOf(principal, session) !== undefined,
    accessOf,
  };
}

/** The wall of the store, for what is told before it is stored. */
function accessIn({ tenant, owner, members }: Audience, principal: Principal): Access | undefined {
  const { id, scopes } = principal;
  if (principal.tenant !== tenant) return undefined;
  if (scopes.includes("admin") || id === owner) return "write";
  return members.find((member) => member.id === id)?.access;
}
