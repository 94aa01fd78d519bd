import type { Agent, Message } from "@claw/core";

const said = (messages: readonly Message[]): string[] =>
  messages.filter(({ role }) => role === "user").map((message) => (message.role === "user" ? message.text : ""));

/**
 * Two steps a turn, and between them a door: what it answers is what people had said to it by then. A turn that begins
 * with `quick` has no door, one with `long` two.
 */
export function twoSteps() {
  const doors: (() => void)[] = [];
  const reached: (() => void)[] = [];
  const agent: Agent = {
    name: "main",
    description: "waits between two steps",
    async *run({ messages, steered, signal }) {
      const first = said(messages).at(-1);
      const heard = [...messages, ...((await steered?.()) ?? [])];
      yield { type: "model-start", model: "test/steps", step: 1 };
      for (let step = first === "quick" ? 2 : first === "long" ? 0 : 1; step < 2; step++) {
        const { promise, resolve } = Promise.withResolvers<void>();
        doors.push(resolve);
        for (const tell of reached.splice(0)) tell();
        const leave = (): void => {
          if (doors.includes(resolve)) doors.splice(doors.indexOf(resolve), 1);
          resolve();
        };
        signal.addEventListener("abort", leave, { once: true });
        await promise;
        heard.push(...((await steered?.()) ?? []));
      }
      if (signal.aborted) {
        yield { type: "turn-end", reason: "aborted" };
        return;
      }
      const text = `heard ${said(heard).join(",")}`;
      yield { type: "text-delta", text };
      const message = { role: "assistant", text, toolCalls: [], model: "test/steps", stop: "stop" } as const;
      yield { type: "step", message };
      yield { type: "turn-end", reason: "done" };
    },
  };
  return {
    agent,
    /** The turn stands at its door. */
    atDoor: () => (doors.length > 0 ? Promise.resolve() : new Promise<void>((resolve) => reached.push(resolve))),
    open: () => doors.shift()?.(),
  };
}
