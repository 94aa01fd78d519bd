import { ClawError } from "@claw/core";

/** `ROUTER_SESSION_KEY`: not a session key. `ROUTER_AGENT_ID`: not an agent id. */
export type RouterErrorCode = "ROUTER_SESSION_KEY" | "ROUTER_AGENT_ID";

const CLIENT_KINDS = ["explicit", "openai", "openai-user", "dashboard"] as const;
type ClientKind = (typeof CLIENT_KINDS)[number];

/** A peer's id, and that of a thread within: `topic` is what Telegram calls one. Never both. */
interface PeerPart {
  readonly peer: string;
  readonly thread?: string;
  readonly topic?: string;
}

/** What a session key says. Ids are lower-case; a peer, thread or name may hold anything. */
export type SessionKey = { readonly agent: string } & (
  | { readonly kind: "main" }
  /** A person, on one channel and account when these are given. `account` needs `channel`. */
  | ({ readonly kind: "direct"; readonly channel?: string; readonly account?: string } & PeerPart)
  /** A group, or what one of its members says there, when `sender` is given. */
  | ({ readonly kind: "group" | "channel"; readonly channel: string; readonly sender?: string } & PeerPart)
  /** Opened by a client under a name of its own. */
  | { readonly kind: ClientKind | "named"; readonly name: string }
);

const RESERVED: readonly string[] = [
  "main",
  "direct",
  "group",
  "channel",
  "thread",
  "topic",
  "sender",
  ...CLIENT_KINDS,
];
/** Given out by the gateway itself; no client may name one. */
const INTERNAL = ["subagent", "cron", "acp", "hook"];
const MAX_PART = 256;

/**
 * `agent:<id>:…`. Parts are lower-cased (ASCII only, so that no two letters of other scripts fall together) and
 * percent-encoded where they hold anything but `a-z 0-9 - . _ ~ @ + =`. Throws `ROUTER_SESSION_KEY` for an empty or
 * overlong part, `ROUTER_AGENT_ID` for a bad agent.
 */
export function formatSessionKey(key: SessionKey): string {
  return ["agent", agentId(key.agent), ...partsOf(key)].join(":");
}

/** Reads what {@link formatSessionKey} writes, in any case. Throws `ROUTER_SESSION_KEY` for anything else. */
export function parseSessionKey(text: string): SessionKey {
  const [prefix, agent, ...rest] = text.length <= 4096 ? text.split(":") : [];
  if (prefix?.toLowerCase() !== "agent" || agent === undefined || !isAgentId(lower(agent))) throw invalid(text);
  const key = read(
    lower(agent),
    rest.map((part) => decode(part, text)),
  );
  if (key === undefined) throw invalid(text);
  return key;
}

/** a-z, 0-9, `_` and `-`, at most 64 characters, starting with a letter or digit. */
export function isAgentId(text: string): boolean {
  return /^[a-z0-9][a-z0-9_-]{0,63}$/.test(text);
}

function agentId(text: string): string {
  if (isAgentId(text)) return text;
  const found = JSON.stringify(text.slice(0, 80));
  throw new ClawError<RouterErrorCode>("ROUTER_AGENT_ID", `expected an agent id of a-z, 0-9, _ and -, found ${found}`);
}

function partsOf(key: SessionKey): readonly string[] {
  if (key.kind === "main") return ["main"];
  if (key.kind === "named") return [nameOf(key.name)];
  if ("name" in key) return [key.kind, encode(key.name)];
  const sender = key.kind === "direct" || key.sender === undefined ? [] : ["sender", encode(key.sender)];
  const peer = [key.kind, encode(key.peer), ...threadParts(key), ...sender];
  if (key.channel === undefined) {
    if (key.kind === "direct" && key.account !== undefined) throw invalid("account without channel");
    return peer;
  }
  if (key.kind !== "direct" || key.account === undefined) return [nameOf(key.channel), ...peer];
  return [nameOf(key.channel), nameOf(key.account), ...peer];
}

function threadParts({ thread, topic }: PeerPart): readonly string[] {
  if (thread !== undefined && topic !== undefined) throw invalid("a thread and a topic");
  if (thread !== undefined) return ["thread", encode(thread)];
  return topic === undefined ? [] : ["topic", encode(topic)];
}

function read(agent: string, parts: readonly string[]): SessionKey | undefined {
  return readNamed(agent, parts) ?? readPeer(agent, parts);
}

function readPeer(agent: string, parts: readonly string[]): SessionKey | undefined {
  const marks = parts.map((part) => (part === "direct" || part === "group" || part === "channel" ? part : undefined));
  const at = marks.findIndex((mark) => mark !== undefined);
  const kind = marks[at];
  if (kind === undefined) return undefined;
  const [channel, account, ...more] = parts.slice(0, at);
  const [peer, ...within] = parts.slice(at + 1);
  const inside = readWithin(within);
  if (
    peer === undefined ||
    inside === undefined ||
    more.length > 0 ||
    [channel, account].some((one) => isReserved(one))
  )
    return undefined;
  const { sender, ...thread } = inside;
  const tail = { peer, ...thread };
  if (kind === "direct") {
    if (sender !== undefined) return undefined;
    return {
      agent,
      kind,
      ...(channel === undefined ? {} : { channel }),
      ...(account === undefined ? {} : { account }),
      ...tail,
    };
  }
  if (channel === undefined || account !== undefined) return undefined;
  return { agent, kind, channel, ...tail, ...(sender === undefined ? {} : { sender }) };
}

type Within = Pick<PeerPart, "thread" | "topic"> & { readonly sender?: string };

/** A thread, then a sender, each as its mark and its id. */
function readWithin([mark, id, ...more]: readonly string[]): Within | undefined {
  if (mark === undefined) return {};
  if (id === undefined) return undefined;
  if (mark === "sender") return more.length === 0 ? { sender: id } : undefined;
  if (!isThreadMark(mark) || (more.length > 0 && more[0] !== "sender")) return undefined;
  const rest = readWithin(more);
  return rest && { [mark]: id, ...rest };
}

function readNamed(agent: string, [kind, name, ...more]: readonly string[]): SessionKey | undefined {
  if (kind === undefined || more.length > 0) return undefined;
  if (name === undefined) {
    if (kind === "main") return { agent, kind };
    return isReserved(kind) ? undefined : { agent, kind: "named", name: kind };
  }
  const client = CLIENT_KINDS.find((one) => one === kind);
  return client && { agent, kind: client, name };
}

function isThreadMark(part: string): part is "thread" | "topic" {
  return part === "thread" || part === "topic";
}

function isReserved(part: string | undefined): boolean {
  return part !== undefined && (RESERVED.includes(part) || INTERNAL.includes(part));
}

/** A part whose place could also be taken by a word with a meaning. */
function nameOf(part: string): string {
  if (isReserved(lower(part))) throw invalid(part);
  return encode(part);
}

function encode(part: string): string {
  if (part === "" || !part.isWellFormed()) throw invalid(part);
  const encoded = lower(encodeURIComponent(lower(part)).replace(/%(?:40|2B|3D)|[!'()*]/g, swap));
  if (encoded.length > MAX_PART) throw invalid(part);
  // A part of dots alone would be a way upwards where keys become paths.
  return /^\.+$/.test(encoded) ? encoded.replaceAll(".", "%2e") : encoded;
}

function swap(text: string): string {
  return text.startsWith("%") ? decodeURIComponent(text) : `%${text.charCodeAt(0).toString(16)}`;
}

function decode(part: string, text: string): string {
  try {
    const decoded = lower(decodeURIComponent(part));
    if (encode(decoded) !== "") return decoded;
  } catch {
    // Reported below, with the whole key.
  }
  throw invalid(text);
}

function lower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function invalid(text: string): ClawError<RouterErrorCode> {
  const found = JSON.stringify(text.slice(0, 80).toWellFormed());
  return new ClawError(
    "ROUTER_SESSION_KEY",
    `expected a session key like "agent:main:main" or "agent:main:telegram:direct:42", found ${found}`,
  );
}
