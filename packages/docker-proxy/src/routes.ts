import { created, execInspected, imageInspected, informed, inspected, listed, reduce, versioned } from "./answers.ts";
import { createBody } from "./create-body.ts";
import { execBody, execStartBody } from "./exec-body.ts";
import { listFilters, nameIn } from "./own-queries.ts";
import type { CompiledPolicy } from "./policy.ts";
import type { Json } from "./strict-json.ts";

export interface Route {
  /** As records name it. */
  readonly action: string;
  readonly method: "GET" | "HEAD" | "POST" | "DELETE";
  /** Anchored; its one group is what the call is about. */
  readonly path: RegExp;
  readonly about?: "container" | "exec" | "image";
  /** Keys that may be there, each with the values it may have. */
  readonly query?: Readonly<Record<string, RegExp>>;
  /** Checked and then left out. */
  readonly dropped?: readonly string[];
  /** What the query becomes. */
  readonly rewrite?: (query: ReadonlyMap<string, string>) => ReadonlyMap<string, string>;
  /** Builds what is sent. Without it there is no body. */
  readonly body?: (asked: Json) => Promise<Json>;
  /** The engine's path, given the full id that was found. */
  readonly to: (id: string) => string;
  /** What is left of an answer. Without it, it passes as it is. */
  readonly answer?: (value: Json) => Json;
  /** Becomes a stream in both directions when the client asks for that. */
  readonly hijack?: true;
  /** Lasts as long as a container, or as its caller wants. */
  readonly lasting?: true;
  /** Makes a container. */
  readonly creates?: true;
  /** Makes a command in a container. */
  readonly addsCommand?: true;
}

const CONTAINER = "([a-zA-Z0-9][a-zA-Z0-9_.-]{0,127})";
const EXEC = "([0-9a-f]{64})";
const path = (pattern: string): RegExp => new RegExp(`^${pattern}$`);

const FLAG = /^(?:0|1|true|false|True|False)?$/;
const EMPTY = /^$/;
const SIZE = /^\d{1,4}$/;
const SECONDS = /^\d{1,2}$/;
const SIGNAL = /^(?:(?:SIG)?[A-Z0-9+-]{1,12}|\d{1,2})?$/;
const TIME = /^[0-9T:.Zz+-]{0,40}$/;

const STREAMS = { stream: FLAG, stdin: FLAG, stdout: FLAG, stderr: FLAG, logs: FLAG };

/** Everything that passes. What is not here is refused. */
export function routesOf(policy: CompiledPolicy): readonly Route[] {
  const one = (call: string) => ({ about: "container" as const, to: (id: string) => `/containers/${id}${call}` });
  const act = (call: string, query: NonNullable<Route["query"]> = {}): Route => ({
    ...one(`/${call}`),
    action: `container.${call}`,
    method: "POST",
    path: path(`/containers/${CONTAINER}/${call}`),
    query,
  });
  const exec = (call: string) => ({
    about: "exec" as const,
    path: path(`/exec/${EXEC}/${call}`),
    to: (id: string) => `/exec/${id}/${call}`,
  });
  const read = (call: string, query: NonNullable<Route["query"]> = {}): Route => ({
    ...one(`/${call}`),
    action: `container.${call === "json" ? "inspect" : call}`,
    method: "GET",
    path: path(`/containers/${CONTAINER}/${call}`),
    query,
  });

  return [
    { action: "ping", method: "GET", path: path("/_ping"), to: () => "/_ping" },
    { action: "ping", method: "HEAD", path: path("/_ping"), to: () => "/_ping" },
    {
      action: "version",
      method: "GET",
      path: path("/version"),
      to: () => "/version",
      answer: (value) => reduce(value, versioned),
    },
    {
      action: "info",
      method: "GET",
      path: path("/info"),
      to: () => "/info",
      answer: informed,
    },
    {
      action: "image.inspect",
      method: "GET",
      path: path("/images/([a-zA-Z0-9_./:@-]{1,200})/json"),
      about: "image",
      to: (name) => `/images/${name}/json`,
      answer: (value) => reduce(value, imageInspected),
    },
    {
      action: "container.create",
      method: "POST",
      path: path("/containers/create"),
      query: { name: /^[a-zA-Z0-9_.-]{0,128}$/, platform: EMPTY },
      dropped: ["platform"],
      rewrite: (query) => nameIn(query, policy),
      body: createBody(policy),
      to: () => "/containers/create",
      answer: (value) => reduce(value, created),
      creates: true,
    },
    {
      action: "container.list",
      method: "GET",
      path: path("/containers/json"),
      query: { all: FLAG, limit: /^(?:-1|\d{1,4})?$/, size: /^(?:0|false)?$/, filters: /^/ },
      dropped: ["size"],
      rewrite: (query) => listFilters(query, policy),
      to: () => "/containers/json",
      answer: (value) => reduce(value, listed),
    },
    { ...read("json", { size: /^(?:0|false)?$/ }), answer: (value) => reduce(value, inspected) },
    {
      ...read("logs", {
        ...{ follow: FLAG, stdout: FLAG, stderr: FLAG, timestamps: FLAG, details: /^(?:0|false)?$/ },
        ...{ since: TIME, until: TIME, tail: /^(?:all|\d{0,9})$/ },
      }),
      lasting: true,
    },
    // Its arguments would be those of a program on the host.
    read("top", { ps_args: EMPTY }),
    { ...read("stats", { stream: FLAG, "one-shot": FLAG }), lasting: true },
    act("start", { detachKeys: EMPTY }),
    act("stop", { t: SECONDS, signal: SIGNAL }),
    act("restart", { t: SECONDS, signal: SIGNAL }),
    act("kill", { signal: SIGNAL }),
    { ...act("wait", { condition: /^(?:not-running|next-exit|removed)?$/ }), lasting: true },
    act("pause"),
    act("unpause"),
    act("resize", { h: SIZE, w: SIZE }),
    {
      ...one(""),
      action: "container.remove",
      method: "DELETE",
      path: path(`/containers/${CONTAINER}`),
      query: { force: FLAG, v: FLAG, link: /^(?:0|false)?$/ },
      dropped: ["link"],
    },
    {
      ...act("attach", { ...STREAMS, hijack: FLAG, detachKeys: EMPTY }),
      dropped: ["hijack", "detachKeys"],
      hijack: true,
      lasting: true,
    },
    {
      ...act("exec"),
      action: "exec.create",
      body: execBody,
      answer: (value) => reduce(value, created),
      addsCommand: true,
    },
    { ...exec("start"), action: "exec.start", method: "POST", body: execStartBody, hijack: true, lasting: true },
    { ...exec("resize"), action: "exec.resize", method: "POST", query: { h: SIZE, w: SIZE } },
    { ...exec("json"), action: "exec.inspect", method: "GET", answer: (value) => reduce(value, execInspected) },
  ];
}
