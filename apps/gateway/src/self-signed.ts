import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { hostname, networkInterfaces } from "node:os";
import { type GatewayFiles, writeConfigFile } from "@claw/config";
import type { CertificatePair } from "@claw/gateway/node";

const DAY_MS = 86_400_000;
/** The longest that Apple's systems accept. */
const VALID_DAYS = 825;
const RENEW_BEFORE_DAYS = 30;

export interface SelfSignedOptions {
  readonly files: Pick<GatewayFiles, "certificate" | "key">;
  /** Host names and addresses beside this machine's own. */
  readonly names: readonly string[];
  readonly now: Date;
}

/** Makes a certificate and its key unless there are good ones; returns whether it did. */
export async function ensureSelfSigned({ files, names, now }: SelfSignedOptions): Promise<boolean> {
  if (await isGood(files, now)) return false;
  const { cert, key } = await makePair(names, now);
  // A stop in between leaves a pair that does not fit, which the next start replaces.
  await writeConfigFile(files.key, key);
  await writeConfigFile(files.certificate, cert);
  return true;
}

async function isGood({ certificate, key }: SelfSignedOptions["files"], now: Date): Promise<boolean> {
  try {
    const [cert, privateKey] = await Promise.all([readFile(certificate), readFile(key)]);
    const found = new X509Certificate(cert);
    const lastsMs = found.validToDate.getTime() - now.getTime();
    return lastsMs > RENEW_BEFORE_DAYS * DAY_MS && found.checkPrivateKey(createPrivateKey(privateKey));
  } catch {
    return false;
  }
}

async function makePair(extraNames: readonly string[], now: Date): Promise<CertificatePair> {
  // CommonJS: bundled, its names are those of the default alone.
  const { default: selfsigned } = await import("selfsigned");
  const names = [...new Set(["localhost", hostname(), ...ownAddresses(), ...extraNames])];
  const { cert, private: key } = await selfsigned.generate([{ name: "commonName", value: "Claw gateway" }], {
    keyType: "ec",
    algorithm: "sha256",
    // Clocks differ.
    notBeforeDate: new Date(now.getTime() - DAY_MS),
    notAfterDate: new Date(now.getTime() + VALID_DAYS * DAY_MS),
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: names.map((name) => (isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name })),
      },
    ],
  });
  return { cert, key };
}

function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((infos) => infos?.map(({ address }) => address) ?? []);
}
