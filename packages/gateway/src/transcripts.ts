import {
  type Entry,
  joinProvenance,
  type Message,
  type Principal,
  type Provenance,
  type Store,
  type UserMessage,
} from "@claw/core";
import { contextEntries, reachFarEnough } from "./context-entries.ts";
import { contextView } from "./context-view.ts";

/** A session as the model sees it, kept in memory while it is in use. */
export interface Transcript {
  readonly messages: readonly Message[];
  /** The join over everything in it. */
  readonly provenance: Provenance;
  /** Characters it holds, roughly. */
  readonly size: number;
  append(message: Message, provenance: Provenance): void;
}

export interface ReadTranscript {
  readonly transcript: Transcript;
  /** The message that the run was accepted with. */
  readonly message: UserMessage | undefined;
}

export interface Transcripts {
  /** What is in memory, if anything is. */
  hot(session: string): Transcript | undefined;
  /** Reads through the principal's own eyes, up to and including `run`, and keeps it in memory. */
  read(principal: Principal, session: string, run: string): Promise<ReadTranscript>;
  /** The next turn reads it anew: what it was has been reset or deleted. */
  forget(session: string): void;
}

/** An agent is to summarise well before; one that never does is given the newest. */
const MAX_MESSAGES = 1_000;

/** How many of the newest entries are read, until they hold the newest summary and all that it keeps. */
const READINGS = [100, 300, MAX_MESSAGES];

/** Of all that is kept: what a session of a few pages takes is nothing, and a hundred long ones would fill a small board. */
const MAX_CHARACTERS = 16_000_000;

/** The transcripts of the `capacity` sessions used last, as many of them as are not too long to be kept together. */
export function createTranscripts(store: Store, capacity: number, maxCharacters = MAX_CHARACTERS): Transcripts {
  const cached = new Map<string, Transcript>();
  const keep = (session: string, transcript: Transcript): Transcript => {
    cached.delete(session);
    cached.set(session, transcript);
    let characters = 0;
    for (const { size } of cached.values()) characters += size;
    for (const [oldest, { size }] of cached) {
      if (oldest === session || (cached.size <= capacity && characters <= maxCharacters)) break;
      cached.delete(oldest);
      characters -= size;
    }
    return transcript;
  };
  return {
    hot(session) {
      const transcript = cached.get(session);
      return transcript && keep(session, transcript);
    },
    async read(principal, session, run) {
      let entries: readonly Entry[] = [];
      for (const limit of READINGS) {
        entries = await store.as(principal).transcript.sinceReset(session, { limit, run });
        if (entries.length < limit || reachFarEnough(entries, run)) break;
      }
      const own = entries.find((entry) => entry.run === run)?.message;
      return {
        transcript: keep(session, createTranscript(contextEntries(entries, run))),
        message: own?.role === "user" ? own : undefined,
      };
    },
    forget: (session) => void cached.delete(session),
  };
}

function createTranscript(entries: readonly Entry[]): Transcript {
  const messages = [...contextView(entries.map((entry) => entry.message))];
  let provenance: Provenance = { origins: [], trust: "trusted", because: [] };
  for (const entry of entries) provenance = joinProvenance(entry.provenance, provenance);
  let size = sizeOf(messages);
  return {
    messages,
    get size() {
      return size;
    },
    get provenance() {
      return provenance;
    },
    append(message, its) {
      messages.push(message);
      size += sizeOf([message]);
      provenance = joinProvenance(its, provenance);
      const tooMany = messages.length > MAX_MESSAGES * 1.25;
      if (message.role === "summary") messages.splice(0, messages.length, ...contextView(messages));
      else if (tooMany) messages.splice(0, messages.length - MAX_MESSAGES);
      else return;
      size = sizeOf(messages);
    },
  };
}

/** What the object around a message's texts takes. */
const MESSAGE_CHARACTERS = 300;

function sizeOf(messages: readonly Message[]): number {
  let size = messages.length * MESSAGE_CHARACTERS;
  for (const message of messages) size += "output" in message ? message.output.length : message.text.length;
  return size;
}
