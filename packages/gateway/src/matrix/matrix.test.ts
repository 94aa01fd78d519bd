import { systemClock } from "@claw/core";
import { isMethod, type MethodName, methods } from "@claw/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openClient, type TestClient } from "../connect.fixture.ts";
import { createHttp, type HttpOptions } from "../http/app.ts";
import { type Cell, methodRows, type Row } from "./method-rows.fixture.ts";
import { type RouteRow, routeRows } from "./route-rows.fixture.ts";
import { CALLERS, createWorld, type Owned, owning, type World } from "./world.fixture.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

describe("methods", () => {
  test("every method has a row", () => {
    expect(Object.keys(methodRows).toSorted()).toEqual(Object.keys(methods).toSorted());
  });

  test("a client that is not let in can call none of them", async () => {
    for (const method of Object.keys(methods)) {
      const client = openClient(world.gateway);
      expect((await client.request(method)).ok, method).toBe(false);
      expect((await client.closed).code, method).toBe(1008);
    }
  });

  const cases = Object.entries(methodRows).flatMap(([method, rows]) => {
    const listed: readonly Row[] = [rows].flat();
    return isMethod(method)
      ? listed.map((row, index) => ({ name: `${method} ${index || ""}`.trim(), method, row }))
      : [];
  });
  test.each(cases)("$name answers each caller as its row says", async ({ method, row }) => {
    const shared = await world.own();
    const before = await world.stateOf(shared);
    for (const caller of CALLERS) {
      const cell = row.cells[caller];
      const allowed = cell === "ok" || cell === "found";
      const owned = allowed && row.params.length > 0 ? await world.own() : shared;
      await checkCell(world.clients[caller], { method, row, cell, owned, place: `${method} by ${caller}` });
    }
    expect(await world.stateOf(shared), `${method} by those who may not`).toBe(before);
  });
});

interface Asking {
  readonly method: MethodName;
  readonly row: Row;
  readonly cell: Cell;
  readonly owned: Owned;
  readonly place: string;
}

async function checkCell(client: TestClient, { method, row, cell, owned, place }: Asking): Promise<void> {
  const { ok, payload, error } = await client.request(method, row.params(owned));
  const answer = JSON.stringify(payload ?? error);
  if (cell === "ok" || cell === "found") {
    expect(ok, `${place} is answered, found ${answer}`).toBe(true);
    if (cell === "found") expect(answer, place).toContain(owned[row.shows]);
    return;
  }
  if (cell !== "absent") {
    expect(error?.code, `${place} is refused, found ${answer}`).toBe("FORBIDDEN");
    const { code } = (error?.details ?? {}) as { readonly code?: string };
    expect(code === "MISSING_SCOPE", `${place} is refused for ${code}`).toBe(cell === "scope");
    return;
  }
  const nothing = owning("nothing");
  const about = await client.request(method, row.params(nothing));
  const blank = JSON.stringify(about.payload ?? about.error);
  expect(about.ok, place).toBe(ok);
  expect(nameless(answer, owned), `${place} is answered as if there were nothing`).toBe(nameless(blank, nothing));
}

/** An answer without the names that the question held, and without the time. */
function nameless(answer: string, owned: Owned): string {
  let text = answer;
  for (const [field, name] of Object.entries(owned)) text = text.replaceAll(String(name), `<${field}>`);
  return text.replaceAll(/\b\d{13}\b|"durationMs":[\d.]+/g, "");
}

/** What each caller is answered who says `/new` in the owner's session. */
const STARTING_OVER: Readonly<Record<(typeof CALLERS)[number], string>> = {
  node: "MISSING_SCOPE",
  viewer: "MISSING_SCOPE",
  stranger: "FORBIDDEN",
  reader: "FORBIDDEN",
  writer: "You may not use /new here",
  owner: "Started over.",
  admin: "Started over.",
};

describe("text commands", () => {
  test.each(["/new", "/reset"])("%s starts over what is one's own, and for admins what is anybody's", async (text) => {
    for (const caller of CALLERS) {
      const client = world.clients[caller];
      for (const method of ["chat.send", "agent"]) {
        const { idle, fresh } = await world.own();
        const run = `${fresh}-${method}`;
        const asked = await client.request(method, { sessionKey: idle, message: text, idempotencyKey: run });
        const expected = STARTING_OVER[caller];
        const place = `${method} by ${caller}`;
        if (asked.ok) {
          const said = await client.frame(({ event, payload }) => {
            const chat = (payload ?? {}) as { readonly runId?: string; readonly state?: string };
            return event === "chat" && chat.runId === run && chat.state === "final";
          });
          expect(JSON.stringify(said.payload), place).toContain(expected);
        } else expect(JSON.stringify(asked.error), place).toContain(expected);
      }
    }
  });
});

describe("routes", () => {
  test("every route of the app has a row, and every row a route", () => {
    // Routes are only listed here, never called: no other part is needed.
    const channel = { name: "hooked", webhook: async () => new Response() };
    const options = { channels: [channel], agents: new Map(), clock: systemClock } as unknown as HttpOptions;
    const routes = createHttp(options).routes.filter(({ path }) => !path.endsWith("/*"));
    const served = new Set(routes.map(({ method, path }) => `${method} ${path}`));
    expect(Object.keys(routeRows).toSorted()).toEqual([...served].toSorted());
  });

  const cases = Object.entries(routeRows).flatMap(([route, rows]) => {
    const listed: readonly RouteRow[] = [rows].flat();
    return listed.map((row, index) => ({ name: `${route} ${index || ""}`.trim(), route, row }));
  });
  test.each(cases)("$name answers each caller as its row says", async ({ route, row }) => {
    const [verb = "GET", pattern = ""] = route.split(" ");
    const shared = await world.own();
    const before = await world.stateOf(shared);
    for (const caller of ["nobody", ...CALLERS] as const) {
      const expected = row.statuses[caller];
      const owned = expected < 300 && row.asked.length > 0 ? await world.own() : shared;
      const { path = pattern, body } = row.asked(owned);
      const answer = await world.fetch(
        new Request(`http://127.0.0.1:18789${path}`, {
          method: verb === "ALL" ? "POST" : verb,
          headers: { host: "127.0.0.1:18789", ...(caller === "nobody" ? {} : { authorization: `Bearer ${caller}` }) },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
      );
      const text = await answer.text();
      expect(answer.status, `${route} by ${caller}: ${text}`).toBe(expected);
      if (expected >= 300) expect(text, `${route} by ${caller}`).not.toContain(owned.secret);
    }
    expect(await world.stateOf(shared), `${route} by those who may not`).toBe(before);
  });
});
