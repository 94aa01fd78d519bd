import { busContract } from "@claw/core/testing";
import { describe, test } from "vitest";
import { inProcessBus } from "./bus.ts";

describe("the bus within this process", () => {
  for (const { name, run } of busContract({ create: inProcessBus })) test(name, run);
});
