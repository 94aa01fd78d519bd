import type { Config } from "@claw/config";

/** `critical`: somebody who should not can take the gateway, its secrets or its host. `warning`: one mistake away from that. */
export type Severity = "critical" | "warning" | "note";

export interface Finding {
  /** Stays the same over releases: `engine.raw-socket`. */
  readonly id: string;
  readonly severity: Severity;
  readonly finding: string;
  readonly mend: string;
}

/** What is looked at: this machine, and the configuration as a start would take it. */
export interface Site {
  readonly config: Config;
  /** The file's text; that of an empty configuration when there is none. */
  readonly source: string;
  readonly configPath: string;
  readonly stateDir: string;
  readonly inContainer: boolean;
}
