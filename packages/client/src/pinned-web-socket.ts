import { type ConnectionOptions, connect } from "node:tls";
import { type ClientOptions, WebSocket } from "ws";
import type { WebSocketConstructor } from "./connection.ts";
import { GatewayError } from "./gateway-error.ts";

/**
 * Sockets that accept the one certificate with this SHA-256 fingerprint (`AA:BB:…` or plain hex), whoever signed it and
 * whatever name it is for. Nothing is sent to a gateway with another one.
 */
export function pinnedWebSocket(fingerprint: string): WebSocketConstructor {
  const expected = normal(fingerprint);
  if (!/^[0-9A-F]{64}$/.test(expected)) {
    throw new GatewayError(
      "CLIENT_INVALID_FINGERPRINT",
      "expected the SHA-256 fingerprint of a certificate: 64 hexadecimal digits, with or without colons",
    );
  }
  // What ws calls instead of connecting by itself.
  const createConnection = (options: ConnectionOptions) => {
    const socket = connect({ ...options, rejectUnauthorized: false });
    socket.once("secureConnect", () => {
      const found = normal(socket.getPeerCertificate().fingerprint256 ?? "");
      if (found !== expected)
        socket.destroy(new Error(`the certificate's fingerprint is ${found}, not the pinned one`));
    });
    return socket;
  };
  const options = { createConnection, perMessageDeflate: false } as ClientOptions;
  return function PinnedWebSocket(url: string) {
    return new WebSocket(url, options);
  } as unknown as WebSocketConstructor;
}

const normal = (fingerprint: string): string => fingerprint.replaceAll(":", "").trim().toUpperCase();
