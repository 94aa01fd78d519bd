import { Duplex } from "node:stream";
import { expect, test } from "vitest";
import { inOneWrite } from "./in-one-write.ts";

test("what is sent in one go is one write, in order; what comes later is another", async () => {
  const writes: string[] = [];
  const stream = new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      writes.push(String(chunk));
      done();
    },
    writev(chunks, done) {
      writes.push(chunks.map(({ chunk }) => String(chunk)).join(""));
      done();
    },
  });
  const send = inOneWrite(stream, (text) => stream.write(text));

  send("a");
  await Promise.resolve().then(() => send("b"));
  send("c");
  expect(writes).toEqual([]);
  await new Promise(setImmediate);
  send("d");
  await new Promise(setImmediate);

  expect(writes).toEqual(["abc", "d"]);
});
