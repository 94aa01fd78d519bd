import { EXIT_CODES } from "./exit-codes.ts";

/** Ends the command: `message` is what the user sees (nothing when empty), `exitCode` what the shell gets. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "CommandError";
    this.exitCode = exitCode;
  }
}

export interface Failure {
  readonly exitCode: number;
  readonly message: string;
}

/** What an error means at a command line. Told apart by name and code, so that nothing is loaded for it. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CommandError) return error;
  if (!(error instanceof Error)) return { exitCode: EXIT_CODES.failed, message: String(error) };
  const code = codeOf(error);
  const { message } = error;
  if (code === "CONFIG_PATH") return { exitCode: EXIT_CODES.usage, message };
  if (code.startsWith("CONFIG_")) return { exitCode: EXIT_CODES.configuration, message };
  if (error.name !== "GatewayError") return { exitCode: EXIT_CODES.failed, message };
  return { exitCode: gatewayExitCode(code, error), message: sentence(message) };
}

function gatewayExitCode(code: string, error: Error): number {
  const details = "details" in error ? (error.details as { readonly code?: unknown } | undefined) : undefined;
  const detail = String(details?.code);
  if (code === "CLIENT_INVALID_URL" || NAMED_WRONGLY.test(detail)) return EXIT_CODES.usage;
  if (code === "FORBIDDEN" || code === "NOT_PAIRED" || REFUSED.test(detail)) return EXIT_CODES.refused;
  if (code === "CLIENT_DISCONNECTED" || code === "CLIENT_TIMEOUT" || code === "CLIENT_PROTOCOL") {
    return EXIT_CODES.unreachable;
  }
  return EXIT_CODES.failed;
}

const NAMED_WRONGLY = /^(UNKNOWN_AGENT_ID|SESSION_NOT_FOUND|DEVICE_NOT_FOUND|DEVICE_REQUEST_NOT_FOUND)$/;
const REFUSED = /^(AUTH_|DEVICE_|PAIRING_REQUIRED|CONTROL_UI_)/;

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}
