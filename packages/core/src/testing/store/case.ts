import type { Store } from "../../store.ts";

/** A store of its own for one case; disposing it removes the data. */
export interface StoreHarness extends AsyncDisposable {
  /** Fresh and migrated. */
  readonly store: Store;
  /** Closes the store that is open and opens its data anew, as a restart does. */
  reopen(): Promise<Store>;
}

export interface StoreCase {
  readonly name: string;
  readonly run: (harness: StoreHarness) => Promise<void>;
}
