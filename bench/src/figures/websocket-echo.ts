import { once } from "node:events";
import type { Figure } from "../figure.ts";
import { startBareServer } from "../harness/bare-server.ts";
import { median } from "../harness/statistics.ts";

/** For comparison: what the way there and back costs when nothing happens at its end. */
export const websocketEcho: Figure = {
  name: "websocket-echo",
  async measure({ quick }) {
    await using bare = await startBareServer();
    const message = "x".repeat(100);
    const timings: number[] = [];
    for (let round = 0; round < (quick ? 10 : 2_000); round++) {
      const beganMs = performance.now();
      bare.socket.send(message);
      await once(bare.socket, "message");
      timings.push(performance.now() - beganMs);
    }
    return [{ title: "echo of a bare WebSocket, p50", unit: "ms", value: median(timings) }];
  },
};
