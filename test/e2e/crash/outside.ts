import type { Answers, CrashAt, Order, Question, Report } from "./messages.ts";
import type { OnTransition } from "./transitions.ts";

/** The gateway's end of the line to the world that outlives it. */
export interface Outside {
  ask<Kind extends Question["ask"]>(question: Question & { readonly ask: Kind }): Promise<Answers[Kind]>;
  tell(report: Report): void;
  onOrder(listener: (order: Order) => void): void;
}

export function outside(): Outside {
  const open = new Map<number, (answer: never) => void>();
  let asked = 0;
  const tell = (report: Report): void => {
    if (process.connected) process.send?.(report);
  };
  const onOrder = (listener: (order: Order) => void): void => void process.on("message", listener);
  onOrder((order) => {
    if (order.type === "answer") open.get(order.id)?.(order.answer as never);
  });
  return {
    ask(question) {
      const id = ++asked;
      tell({ type: "question", id, question });
      return new Promise((resolve) => open.set(id, resolve));
    },
    tell,
    onOrder,
  };
}

/** Tells of every transition, and ends this process by SIGKILL at the one that is asked for. */
export function crashing({ tell }: Outside, crashAt: CrashAt | undefined): OnTransition {
  let passed = 0;
  return (point, subject) => {
    tell({ type: "transition", point, subject });
    if (crashAt === undefined || (crashAt.point ?? point) !== point) return;
    passed += 1;
    if (passed === crashAt.nth) process.kill(process.pid, "SIGKILL");
  };
}
