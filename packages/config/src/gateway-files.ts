import { join } from "node:path";

export interface GatewayFiles {
  /** The token that Claw made: the one place where it stands. */
  readonly token: string;
  /** The certificate that Claw made, and its key. */
  readonly certificate: string;
  readonly key: string;
}

/** Where a gateway keeps the credentials it made itself, each readable by its owner alone. */
export function gatewayFiles(stateDir: string): GatewayFiles {
  const file = (name: string): string => join(stateDir, "gateway", name);
  return { token: file("token.json"), certificate: file("tls-cert.pem"), key: file("tls-key.pem") };
}
