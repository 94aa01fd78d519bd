import { expect, test } from "vitest";
import { otherOwner } from "./whose.ts";

test("a chat is somebody else's when both are known and differ", () => {
  expect(otherOwner({ ownerId: "ada" }, "bob")).toBe("ada");
  expect(otherOwner({ ownerId: "bob" }, "bob")).toBeUndefined();
  expect(otherOwner({ ownerId: "ada" }, undefined)).toBeUndefined();
  expect(otherOwner({}, "bob")).toBeUndefined();
  expect(otherOwner(undefined, "bob")).toBeUndefined();
});
