/** Structured logging; `fields` never hold a secret. */
export type Logger = Readonly<
  Record<"debug" | "info" | "warn" | "error", (message: string, fields?: Readonly<Record<string, unknown>>) => void>
>;

/** A logger that says nothing, for tests and embedders that bring none. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
