export interface Lanes {
  /** Runs `task` after the earlier ones of its lane; different lanes run side by side up to the limit. */
  enqueue(lane: string, task: () => Promise<void>): void;
  /** Tasks waiting or running. */
  readonly size: number;
  /** Resolves when nothing waits or runs. */
  idle(): Promise<void>;
}

/** One task at a time per lane, at most `limit` at once. A task must not reject; one that does is reported. */
export function createLanes(limit: number, onError: (error: unknown) => void): Lanes {
  /** Waiting tasks of lanes that have one running or standing in `ready`. */
  const lanes = new Map<string, (() => Promise<void>)[]>();
  const ready: string[] = [];
  let running = 0;
  let size = 0;
  let idleWaiters: (() => void)[] = [];

  const start = (): void => {
    while (running < limit) {
      const lane = ready.shift();
      if (lane === undefined) return;
      const task = lanes.get(lane)?.shift();
      if (task === undefined) {
        lanes.delete(lane);
        continue;
      }
      running++;
      void task()
        .catch(onError)
        .finally(() => {
          running--;
          release(lane);
        });
    }
  };

  const release = (lane: string): void => {
    size--;
    // To the back, so that a busy session does not starve the others.
    if ((lanes.get(lane)?.length ?? 0) > 0) ready.push(lane);
    else lanes.delete(lane);
    start();
    settle();
  };

  const settle = (): void => {
    if (size > 0) return;
    const waiters = idleWaiters;
    idleWaiters = [];
    for (const resolve of waiters) resolve();
  };

  return {
    enqueue(lane, task) {
      size++;
      const waiting = lanes.get(lane);
      if (waiting === undefined) {
        lanes.set(lane, [task]);
        ready.push(lane);
      } else {
        waiting.push(task);
      }
      start();
    },
    get size() {
      return size;
    },
    idle() {
      return size === 0 ? Promise.resolve() : new Promise((resolve) => idleWaiters.push(resolve));
    },
  };
}
