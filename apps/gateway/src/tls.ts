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
  /** The one in use. */
  readonly pair: CertificatePair;
  /** SHA-256 of the certificate, as `AA:BB:…`: what clients pin. */
  readonly fingerprint: string;
  /** Takes other files from now on. Rejects with `TLS_CERTIFICATE` when they can't be used, and then nothing changes. */
  use(gateway: TlsOptions["gateway"]): Promise<void>;
  /** Calls back with every later pair: renewed here, by somebody else, or of other files. Returns the way to stop. */
  watch(onRenewed: (pair: CertificatePair, fingerprint: string) => void): () => void;
}

const CHECK_INTERVAL_MS = 10_000;

/** The certificate of the gateway, made here when none is configured. Rejects with `TLS_CERTIFICATE` on one that can't be used. */
export async function openTls({ gateway, stateDir, clock, log }: TlsOptions): Promise<Tls> {
  let source = sourceOf(gateway, stateDir);
  let onRenewed: Parameters<Tls["watch"]>[0] = () => {};

  async function renew({ files, isOwn, names }: Source): Promise<void> {
    if (!isOwn) return;
    const made = await ensureSelfSigned({ files, names, now: clock.now() });
    if (made) log.info("a certificate was made", { path: files.certificate });
  }

  async function read(from: Source) {
    await renew(from);
    const version = await versionOf(from.files);
    return { ...(await readPair(from.files, clock.now())), version };
  }

  let current = await read(source);

  function take(next: typeof current): void {
    const isOther = next.fingerprint !== current.fingerprint || next.pair.cert !== current.pair.cert;
    current = next;
    if (isOther) onRenewed(next.pair, next.fingerprint);
  }

  return {
    get pair() {
      return current.pair;
    },
    get fingerprint() {
      return current.fingerprint;
    },
    async use(wanted) {
      const next = sourceOf(wanted, stateDir);
      const pair = await read(next);
      source = next;
      take(pair);
    },
    watch(callback) {
      onRenewed = callback;
      let stopped = false;
      let cancel = (): void => {};
      const check = async (): Promise<void> => {
        const from = source;
        await renew(from)
          .then(async () => {
            if ((await versionOf(from.files)) === current.version) return;
            const next = await read(from);
            if (from === source) take(next);
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

interface Source {
  readonly files: Files;
  /** Made and renewed here. */
  readonly isOwn: boolean;
  /** For a certificate that is made. */
  readonly names: readonly string[];
}

function sourceOf(
  { tls: { certPath, keyPath }, allowedHosts: names }: TlsOptions["gateway"],
  stateDir: string,
): Source {
  if (certPath === undefined || keyPath === undefined) return { files: gatewayFiles(stateDir), isOwn: true, names };
  const files = { certificate: resolve(stateDir, certPath), key: resolve(stateDir, keyPath) };
  return { files, isOwn: false, names };
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
