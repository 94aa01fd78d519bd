import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { egressProxy } from "@claw/egress-proxy";
import { serveProcedures } from "../harness/remote.ts";

const proxy = {
  /** A proxy through which this port of loopback can be reached. */
  async listen(target: number): Promise<number> {
    const rules = { allow: [{ host: `127.0.0.1:${target}`, private: true }] };
    const limits = { requestsPerMinute: 1e6, bytesDownPerHour: 1e15 };
    const egress = egressProxy({ network: () => rules, limits });
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (connection) => {
      egress.accept(connection, { id: "bench", scope: "bench" });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  },
};

export type EgressProxyProcess = typeof proxy;

serveProcedures(proxy);
