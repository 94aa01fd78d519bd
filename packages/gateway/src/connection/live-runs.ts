/** What an active run has said so far, for clients that come late. */
export interface LiveRun {
  /** Text of the step going on. */
  text: string;
  /** Text not sent yet. */
  unsent: string;
  /** Numbers of the last `chat` and `agent` events sent. */
  chatSequence: number;
  agentSequence: number;
  readonly startedAt: number;
}

export interface LiveRuns {
  of(run: string): LiveRun;
  peek(run: string): LiveRun | undefined;
  delete(run: string): void;
}

export function createLiveRuns(): LiveRuns {
  const runs = new Map<string, LiveRun>();
  return {
    of(run) {
      const known = runs.get(run);
      if (known !== undefined) return known;
      const live: LiveRun = { text: "", unsent: "", chatSequence: 0, agentSequence: 0, startedAt: Date.now() };
      runs.set(run, live);
      return live;
    },
    peek: (run) => runs.get(run),
    delete: (run) => void runs.delete(run),
  };
}
