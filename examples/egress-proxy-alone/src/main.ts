import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { promisify } from "node:util";
import { type EgressAudit, egressProxy } from "@claw/egress-proxy";

const website = createHttpServer((_request, response) => void response.end("hello from inside"));
website.listen(0, "127.0.0.1");
await once(website, "listening");
const address = `127.0.0.1:${(website.address() as AddressInfo).port}`;

const audit: EgressAudit = {
  async decided({ verdict, host, port, rule }) {
    console.log(`  record: ${verdict} ${host}:${port} by ${rule}`);
    return {
      async ended({ bytesUp, bytesDown }) {
        console.log(`  record: ${bytesUp} bytes up, ${bytesDown} down`);
      },
    };
  },
};

const rules = { allow: [{ host: address, private: true }], deny: ["denied.example.org"] };
const proxy = egressProxy({
  network: () => rules,
  audit,
  onRefused({ host, port }) {
    console.log(`  somebody asks for ${host}:${port}, and a person says no`);
    return "deny";
  },
});

// In place of a sandbox's own stream: a port on this machine.
const port = createServer({ allowHalfOpen: true }, (connection) => {
  proxy.accept(connection, { id: "sandbox-1", scope: "session-1" });
});
port.listen(0, "127.0.0.1");
await once(port, "listening");

const program = "const answer = await fetch(process.argv[1]); console.log(answer.status, await answer.text())";
const env = { HTTP_PROXY: `http://127.0.0.1:${(port.address() as AddressInfo).port}`, NODE_USE_ENV_PROXY: "1" };
for (const url of [`http://${address}/`, "http://unknown.example.org/", "http://denied.example.org/"]) {
  console.log(`fetch ${url}`);
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program, url], { env });
  console.log(stdout);
}

port.close();
website.close();
await proxy[Symbol.asyncDispose]();
