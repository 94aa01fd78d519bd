import { CALLERS, type Caller, type Owned } from "./world.fixture.ts";

/*
 * Who may ask what over HTTP. Every route of the app has a row, and every row a route, or the test fails.
 *
 * To add one: "POST /things": route(WRITERS, ({ fresh }) => ({ path: "/things", body: { name: fresh } })).
 * A path without a parameter may be left out.
 */

type HttpCaller = Caller | "nobody";
/** The status each of them is answered with. Below 300 nothing else is asserted; above, that nothing was changed or told. */
type Statuses = Readonly<Record<HttpCaller, number>>;

const all = (status: number): Statuses => ({
  nobody: status,
  ...(Object.fromEntries(CALLERS.map((caller) => [caller, status])) as Record<Caller, number>),
});

const PUBLIC: Statuses = all(200);
const READERS: Statuses = { ...PUBLIC, nobody: 401, node: 403 };
const WRITERS: Statuses = { ...READERS, viewer: 403 };

/** Something is said in a session of the owner's. */
const MEMBERS: Statuses = { ...WRITERS, stranger: 403, reader: 403 };

interface Asked {
  readonly path?: string;
  readonly body?: object;
}

export interface RouteRow {
  readonly statuses: Statuses;
  readonly asked: (owned: Owned) => Asked;
}

function route(statuses: Statuses, asked: (owned: Owned) => Asked = () => ({})): RouteRow {
  return { statuses, asked };
}

const message = { role: "user", content: "hello" };

export const routeRows: Readonly<Record<string, RouteRow | readonly RouteRow[]>> = {
  "GET /health": route(PUBLIC),
  "GET /healthz": route(PUBLIC),
  "GET /ready": route(PUBLIC),
  "GET /readyz": route(PUBLIC),
  "GET /openapi.json": route(PUBLIC),
  // The channel checks who calls.
  "ALL /channels/hooked": route(PUBLIC),
  "GET /metrics": route(READERS),
  "GET /v1/models": route(READERS),
  "GET /v1/models/:id{.+}": [
    route(READERS, () => ({ path: "/v1/models/openclaw/main" })),
    route({ ...all(404), nobody: 401, node: 403 }, () => ({ path: "/v1/models/none" })),
  ],
  "POST /v1/chat/completions": [
    route(WRITERS, () => ({ body: { model: "openclaw", messages: [message] } })),
    route(MEMBERS, ({ user }) => ({ body: { model: "openclaw", messages: [message], user } })),
  ],
  "POST /v1/responses": [
    route(WRITERS, () => ({ body: { model: "openclaw", input: "hello" } })),
    route(MEMBERS, ({ user }) => ({ body: { model: "openclaw", input: "hello", user } })),
    route({ ...MEMBERS, stranger: 400 }, ({ past }) => ({
      body: { model: "openclaw", input: "hello", previous_response_id: `resp_${past}` },
    })),
  ],
  "POST /v1/embeddings": route({ ...all(404), nobody: 401, node: 403, viewer: 403 }, () => ({
    body: { model: "nobody/vectors", input: "hello" },
  })),
  "POST /tools/invoke": [
    route(WRITERS, ({ fresh }) => ({ body: { tool: "echo", args: { text: "hello" }, sessionKey: fresh } })),
    route(MEMBERS, ({ idle }) => ({
      body: { tool: "echo", args: { text: "hello" }, sessionKey: idle },
    })),
  ],
};
