export { type CertificatePair, type Listening, type ListenOptions, listen } from "./node/listen.ts";
export { acceptUpgrades, type UpgradeOptions } from "./node/websocket.ts";
