import { fileURLToPath } from "node:url";
import { startFakeGateway } from "./fake-gateway.ts";

// The built page with a fake gateway behind it: `pnpm build && pnpm demo`.
const gateway = await startFakeGateway({
  folder: fileURLToPath(new URL("../../dist", import.meta.url)),
  token: "demo",
  port: Number(process.env["PORT"] ?? 0),
  paceMs: 30,
  agentIds: ["main", "researcher"],
});
process.stdout.write(`${gateway.url}#token=demo\n`);
