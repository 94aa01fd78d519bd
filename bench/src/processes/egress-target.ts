import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { serveProcedures } from "../harness/remote.ts";

const CHUNK = Buffer.alloc(65_536);

/** Answers `/` with two bytes, and `/65536` with that many. */
const server = createServer((request, response) => {
  let left = Number(request.url?.slice(1));
  if (!(left > 0)) return void response.end("ok");
  response.setHeader("content-length", left);
  const send = (): void => {
    while (left > 0) {
      const chunk = CHUNK.subarray(0, left);
      left -= chunk.length;
      if (!response.write(chunk)) return void response.once("drain", send);
    }
    response.end();
  };
  return send();
});

const target = {
  async listen(): Promise<number> {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  },
};

export type EgressTarget = typeof target;

serveProcedures(target);
