import { availableParallelism, cpus, platform, release, totalmem } from "node:os";

/** What a reader needs to compare: no names of hosts, users or folders. */
export interface Machine {
  readonly cpus: number;
  readonly cpu: string;
  readonly memoryMb: number;
  readonly system: string;
  readonly node: string;
}

export const describeMachine = (): Machine => ({
  cpus: availableParallelism(),
  cpu: cpus()[0]?.model.trim() || "unknown processor",
  memoryMb: Math.round(totalmem() / 1024 / 1024),
  system: `${platform()} ${release()}`,
  node: process.version,
});
