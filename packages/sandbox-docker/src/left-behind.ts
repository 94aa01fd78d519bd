import type { Logger } from "@claw/core";
import type Docker from "dockerode";
import { reasonOf } from "./errors.ts";
import { removeContainer } from "./running-container.ts";

type Removable = Pick<Docker.Container, "id" | "remove">;

/** What an engine that was away could not remove, to be tried again: it would go on working on somebody's files. */
export interface LeftBehind {
  /** Tries now, and keeps in mind what could not be removed. Never rejects. */
  remove(container: Removable, remove?: () => Promise<void>): Promise<void>;
  /**
   * The same for one whose creation was given up: the engine may go on creating it, so that it is tried again even if it
   * was not there.
   */
  abandon(container: Removable): Promise<void>;
  /** Tries all of it again. Never rejects. */
  removeAll(): Promise<void>;
}

export function leftBehind(log: Logger): LeftBehind {
  const left = new Map<string, () => Promise<void>>();
  const remover = (container: Removable) => () => removeContainer(container);
  return {
    async remove(container, remove = remover(container)) {
      try {
        await remove();
      } catch (error) {
        left.set(container.id, remove);
        log.warn("a sandbox could not be removed; the next one will try again", {
          id: container.id,
          reason: reasonOf(error),
        });
      }
    },
    async abandon(container) {
      const remove = remover(container);
      left.set(container.id, remove);
      await remove().catch(() => {});
    },
    async removeAll() {
      await Promise.allSettled([...left].map(([id, remove]) => remove().then(() => left.delete(id))));
    },
  };
}
