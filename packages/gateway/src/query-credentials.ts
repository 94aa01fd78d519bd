const NAMES = new Set(
  ["token", "accesstoken", "authtoken", "gatewaytoken", "devicetoken", "bootstraptoken"].concat([
    "password",
    "passwd",
    "apikey",
    "secret",
    "authorization",
    "bearer",
  ]),
);

/**
 * Why a request to this URL must not be served, or `undefined`: addresses end up in logs, histories and referrers, so a
 * credential in one is refused even when it is right.
 */
export function queryCredentialProblem(url: string): string | undefined {
  const start = url.indexOf("?");
  if (start === -1) return undefined;
  const found = [...new URLSearchParams(url.slice(start)).keys()].find((name) =>
    NAMES.has(name.toLowerCase().replace(/[-_]/g, "")),
  );
  if (found === undefined) return undefined;
  return (
    `a credential in the address is not accepted (the parameter ${found}). Send "Authorization: Bearer <token>", ` +
    "over WebSocket auth.token in connect, and open the dashboard with #token=<token>. If it was real, rotate it: claw token rotate"
  );
}
