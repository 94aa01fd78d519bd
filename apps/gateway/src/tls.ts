import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { type Config, gatewayFiles } from "@claw/config";
import { ClawError, type Clock, type Logger } from "@claw/core";
import type { CertificatePair } from "@claw/gateway/node";
import { ensureSelfSigned } from "./self-signed.ts";

export interface TlsOptions {
  readonly gateway: Pick<Config["gateway"], "tls" | "allowedHosts">;
  readonly stateDir: string;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Tls {
  readonly pair: CertificatePair;
  /** SHA-256 of the certificate, as `AA:BB:…`: what clients pin. */
  readonly fingerprint: string;
  /** Calls back with every later pair: renewed here or by somebody else. Returns the way to stop. */
  watch(onRenewed: (pair: CertificatePair, fingerprint: string) => void): () => void;
}

const CHECK_INTERVAL_MS = 10_000;

/** The certificate of the gateway, made here when none is configured. Rejects with `TLS_CERTIFICATE` on one that can't be used. */
export async function openTls({ gateway, stateDir, clock, log }: TlsOptions): Promise<Tls> {
  const { certPath, keyPath } = gateway.tls;
  const own = gatewayFiles(stateDir);
  const isOwn = certPath === undefined || keyPath === undefined;
  const files = isOwn ? own : { certificate: resolve(stateDir, certPath), key: resolve(stateDir, keyPath) };

  async function renew(): Promise<void> {
    if (!isOwn) return;
    const made = await ensureSelfSigned({ files, names: gateway.allowedHosts, now: clock.now() });
    if (made) log.info("a certificate was made", { path: files.certificate });
  }

  await renew();
  let version = await versionOf(files);
  const { pair, fingerprint } = await readPair(files, clock.now());

  return {
    pair,
    fingerprint,
    watch(onRenewed) {
      let stopped = false;
      let cancel = (): void => {};
      const check = async (): Promise<void> => {
        await renew()
          .then(async () => {
            const found = await versionOf(files);
            if (found === version) return;
            const next = await readPair(files, clock.now());
            onRenewed(next.pair, next.fingerprint);
            version = found;
          })
          // Half of a pair may be written by now; the next check sees the other half.
          .catch((error: unknown) => log.warn("the certificate was not renewed", { error: messageOf(error) }));
        if (!stopped) cancel = clock.after(CHECK_INTERVAL_MS, check);
      };
      cancel = clock.after(CHECK_INTERVAL_MS, check);
      return () => {
        stopped = true;
        cancel();
      };
    },
  };
}

interface Files {
  readonly certificate: string;
  readonly key: string;
}

async function readPair(files: Files, now: Date): Promise<Pick<Tls, "pair" | "fingerprint">> {
  const [cert, key] = await Promise.all([readPem(files.certificate), readPem(files.key)]);
  try {
    const certificate = new X509Certificate(cert);
    if (certificate.validToDate < now) throw new Error(`it expired on ${certificate.validTo}`);
    if (!certificate.checkPrivateKey(createPrivateKey(key))) throw new Error(`the key in ${files.key} is not its own`);
    return { pair: { cert, key }, fingerprint: certificate.fingerprint256 };
  } catch (cause) {
    throw unusable(files.certificate, messageOf(cause), cause);
  }
}

async function readPem(path: string): Promise<string> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw unusable(path, `it can't be read: ${error.code ?? "unknown error"}`, error);
  });
}

function unusable(path: string, why: string, cause: unknown): ClawError {
  const message = `The certificate ${path} can't be used: ${why}. Check gateway.tls.certPath and gateway.tls.keyPath.`;
  return new ClawError("TLS_CERTIFICATE", message, { cause });
}

async function versionOf({ certificate, key }: Files): Promise<string> {
  const stats = await Promise.all([certificate, key].map((path) => stat(path).catch(() => undefined)));
  return stats.map((found) => `${found?.ino} ${found?.mtimeMs} ${found?.size}`).join(" ");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
