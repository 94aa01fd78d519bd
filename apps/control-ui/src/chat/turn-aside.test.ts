import { expect, test } from "vitest";
import type { Turn } from "../conversation/conversation.ts";
import { asideOf, queuedTurns } from "./turn-aside.ts";

const asked: Turn["parts"] = [{ kind: "user", text: "in French" }];
const turn = (key: string, status: Turn["status"]): Turn => ({ key, runId: key, parts: asked, status, atMs: 0 });

test("a message behind a turn that goes on is queued, until something is said to it", () => {
  expect(asideOf({ parts: asked, status: "working" }, undefined, true)).toMatch(/^Queued/);
  expect(asideOf({ parts: asked, status: "working" }, undefined, false)).toBeUndefined();
  const parts: Turn["parts"] = [...asked, { kind: "text", text: "Oui" }];
  expect(asideOf({ parts, status: "working" }, undefined, true)).toBeUndefined();
});

test("one that another turn read says where its answer is, and one that failed says that instead", () => {
  expect(asideOf({ parts: asked, status: "done" }, { answeredBy: "one" }, false)).toMatch(/turn above/);
  expect(asideOf({ parts: asked, status: "error" }, { answeredBy: "one" }, false)).toBeUndefined();
  expect(asideOf({ parts: asked, status: "done" }, {}, false)).toBeUndefined();
});

test("of the turns going on all but the first are queued", () => {
  const turns = [turn("a", "done"), turn("b", "working"), turn("c", "waiting"), turn("d", "working")];
  expect([...queuedTurns(turns)].map(({ key }) => key)).toEqual(["d"]);
});
