import type { Figure } from "../figure.ts";
import { coldStart } from "./cold-start.ts";
import { commandLine } from "./command-line.ts";
import { egress } from "./egress.ts";
import { hostileClients } from "./hostile-clients.ts";
import { hostileSandbox } from "./hostile-sandbox.ts";
import { idleMemory } from "./idle-memory.ts";
import { installedSize } from "./installed-size.ts";
import { longSession } from "./long-session.ts";
import { manySockets } from "./many-sockets.ts";
import { memoryLimit } from "./memory-limit.ts";
import { sandboxAcquire } from "./sandbox-acquire.ts";
import { sandboxCommands } from "./sandbox-commands.ts";
import { streaming } from "./streaming.ts";
import { thousandTurns } from "./thousand-turns.ts";
import { throughput } from "./throughput.ts";
import { dockerToolCalls, virtualToolCalls } from "./tool-calls.ts";
import { turnOverhead } from "./turn-overhead.ts";
import { websocketEcho } from "./websocket-echo.ts";

/** In the order they run. */
export const figures: readonly Figure[] = [
  coldStart,
  idleMemory,
  turnOverhead,
  throughput,
  longSession,
  streaming,
  manySockets,
  hostileClients,
  hostileSandbox,
  thousandTurns,
  memoryLimit,
  virtualToolCalls,
  dockerToolCalls,
  sandboxAcquire,
  sandboxCommands,
  egress,
  commandLine,
  websocketEcho,
  installedSize,
];
