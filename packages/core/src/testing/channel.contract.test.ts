import { describe, test } from "vitest";
import { channelContract, fakeChannel } from "./channel.ts";

describe("the fake channel", () => {
  for (const { name, run } of channelContract({ create: () => fakeChannel() })) test(name, run);
});
