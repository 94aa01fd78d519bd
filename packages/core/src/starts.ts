/** A start of the gateway that ended without having been told to. */
export interface UncleanStart {
  readonly at: Date;
  readonly safeMode: boolean;
}

/** How often the gateway was started, and how that ended. */
export interface Starts {
  /** Notes a start. Returns those since the last that was told to stop, newest first, 20 at most. */
  begin(): Promise<readonly UncleanStart[]>;
  /** What the present start is: whatever ends one that is `stopping` is no crash. Nothing happens before `begin`. */
  note(state: "normal" | "safe-mode" | "stopping"): Promise<void>;
}
