import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { link, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ClawError } from "@claw/core";
import type { GatewayIdentity } from "@claw/protocol";

/** The gateway's own key, by which a client knows it again; made at the first start and kept for its owner alone. */
export async function gatewayIdentity(stateDir: string): Promise<GatewayIdentity> {
  const path = join(stateDir, "state", "identity.pem");
  try {
    if (!existsSync(path)) await writeKey(path);
    const { x = "" } = createPublicKey(createPrivateKey(readFileSync(path))).export({ format: "jwk" });
    const deviceId = createHash("sha256").update(Buffer.from(x, "base64url")).digest("hex");
    return { deviceId, publicKey: x };
  } catch (cause) {
    throw new ClawError(
      "GATEWAY_IDENTITY",
      `The gateway's key in ${path} can't be read or made. Restore it from a backup, or delete it for a new one.`,
      { cause },
    );
  }
}

/** Whole or not at all, so that a start that is cut off leaves no half a key. */
async function writeKey(path: string): Promise<void> {
  const { privateKey } = generateKeyPairSync("ed25519");
  const draft = `${path}.${process.pid}`;
  await mkdir(join(path, ".."), { recursive: true, mode: 0o700 });
  await writeFile(draft, privateKey.export({ format: "pem", type: "pkcs8" }), { mode: 0o600, flush: true });
  await link(draft, path).finally(() => rm(draft, { force: true }));
}
