import type { ConfigPath } from "./config-path.ts";

type AuthMode = "token" | "password" | "trusted-proxy" | "none";

export interface CheckedGateway {
  readonly bind: "loopback" | "lan" | "tailnet" | "custom";
  readonly customBindHost?: string;
  readonly trustedProxies: readonly string[];
  readonly auth: {
    readonly mode: AuthMode;
    readonly token?: string;
    readonly password?: string;
    readonly rotateEveryHours?: number;
    readonly trustedProxy?: object;
    readonly allowTailscale: boolean | readonly string[];
  };
  readonly tls: {
    readonly enabled: boolean;
    readonly certPath?: string;
    readonly keyPath?: string;
    readonly autoGenerate: boolean;
  };
}

export type Report = (path: ConfigPath, message: string) => unknown;

/** What single keys of `gateway` can't say: that they fit each other, and that nobody on the way can listen. */
export function checkGateway(gateway: CheckedGateway, report: Report): void {
  checkBind(gateway, report);
  checkAuth(gateway, report);
  const { enabled, certPath, keyPath, autoGenerate } = gateway.tls;
  if (enabled && certPath === undefined && !autoGenerate) {
    report(["gateway", "tls", "enabled"], "needs gateway.tls.certPath and keyPath, because autoGenerate is off");
  }
  if ((certPath === undefined) !== (keyPath === undefined)) {
    const [given, absent] = certPath === undefined ? ["keyPath", "certPath"] : ["certPath", "keyPath"];
    report(["gateway", "tls", given], `needs gateway.tls.${absent} as well: a certificate and its key belong together`);
  }
}

function checkBind({ bind, customBindHost, trustedProxies, tls, auth }: CheckedGateway, report: Report): void {
  if (bind === "custom" && customBindHost === undefined) {
    report(["gateway", "bind"], "custom needs gateway.customBindHost, the IP address to listen on");
  }
  if (bind !== "custom" && customBindHost !== undefined) {
    report(["gateway", "customBindHost"], `is only used with gateway.bind "custom"; bind is "${bind}"`);
  }
  const local = bind === "loopback" || (bind === "custom" && /^(127\.|::1$)/.test(customBindHost ?? ""));
  if (local || (bind === "custom" && customBindHost === undefined)) return;
  if (auth.mode === "none") {
    report(
      ["gateway", "auth", "mode"],
      `none is only possible with gateway.bind "loopback"; with "${bind}" anyone who can reach the port could run commands. Use token or password`,
    );
  } else if (!tls.enabled && trustedProxies.length === 0) {
    report(
      ["gateway", "bind"],
      `"${bind}" would send credentials over the network unencrypted. Set gateway.tls.enabled to true (Claw makes a certificate), or name the proxy that adds TLS in gateway.trustedProxies, or use "loopback"`,
    );
  }
}

function checkAuth({ auth, trustedProxies }: CheckedGateway, report: Report): void {
  const { mode, token, password, rotateEveryHours, trustedProxy, allowTailscale } = auth;
  if (mode === "password" && password === undefined) {
    report(["gateway", "auth", "mode"], "password needs gateway.auth.password");
  }
  if (mode === "trusted-proxy" && trustedProxy === undefined) {
    report(["gateway", "auth", "mode"], "trusted-proxy needs gateway.auth.trustedProxy");
  }
  if (mode === "trusted-proxy" && trustedProxy !== undefined && trustedProxies.length === 0) {
    report(["gateway", "auth", "mode"], "trusted-proxy needs the proxy's address in gateway.trustedProxies");
  }
  if (mode === "trusted-proxy" && allowTailscale !== false) {
    report(
      ["gateway", "auth", "allowTailscale"],
      "can't stand beside mode: trusted-proxy: Tailscale Serve passes on the headers that the proxy would set",
    );
  }
  const hasToken = mode === "token" || mode === "trusted-proxy";
  if (rotateEveryHours !== undefined && (!hasToken || token !== undefined)) {
    report(
      ["gateway", "auth", "rotateEveryHours"],
      "rotates only a token that Claw made: use mode: token or trusted-proxy, without gateway.auth.token",
    );
  }
}
