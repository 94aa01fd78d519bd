import type { ClientState } from "../client.ts";

type StateOf<Status extends ClientState["status"]> = ClientState & { readonly status: Status };

/** Hands out the states of a client in order, each once. */
export function stateLog() {
  const unread: ClientState[] = [];
  let wake = () => {};
  return {
    onState(state: ClientState): void {
      unread.push(state);
      wake();
    },
    /** The next state with this status; those before it are passed over. */
    async next<Status extends ClientState["status"]>(status: Status): Promise<StateOf<Status>> {
      for (;;) {
        const state = unread.shift();
        if (state?.status === status) return state as StateOf<Status>;
        if (!state) {
          const { promise, resolve } = Promise.withResolvers<void>();
          wake = resolve;
          await promise;
        }
      }
    },
  };
}
