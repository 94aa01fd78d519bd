import assert from "node:assert/strict";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import { output, type SandboxCase } from "./case.ts";

/** Speaks with whatever proxy the sandbox names, without any program that the sandbox may not have. */
const ASK = 'proxy=${HTTP_PROXY#http://}; exec 3<>"/dev/tcp/${proxy%:*}/${proxy#*:}"; echo asked >&3; cat <&3';

/** Answers what it is asked once the asker has had its say, and ends. */
async function answer(connection: Duplex): Promise<void> {
  connection.on("error", () => {});
  const [asked] = await once(connection, "data");
  connection.resume().end(`answer to ${asked}`);
}

export const networkCases: readonly SandboxCase[] = [
  {
    name: "a provider that carries a network hands over what programs connect to, and another names no proxy",
    async run({ provider, acquire }) {
      const network = { connect: (connection: Duplex) => void answer(connection).catch(() => {}) };
      const { sandbox } = await acquire({ network: provider.carriesNetwork ? network : "none" });
      if (!provider.carriesNetwork) {
        assert.equal(await output(sandbox, 'echo "[${HTTP_PROXY-}${https_proxy-}]"'), "[]\n");
        return;
      }
      assert.equal(await output(sandbox, ASK), "answer to asked\n");
      assert.match(sandbox.description, /HTTP_PROXY/);
      const many = await Promise.all(Array.from({ length: 10 }, () => output(sandbox, ASK)));
      assert.deepEqual([...new Set(many)], ["answer to asked\n"]);
    },
  },
  {
    name: "each sandbox's connections reach its own network, and one without a network has no way to it",
    async run({ provider, acquire }) {
      if (!provider.carriesNetwork) return;
      const heard: string[] = [];
      const named = (name: string) => ({
        connect(connection: Duplex) {
          heard.push(name);
          void answer(connection).catch(() => {});
        },
      });
      const one = await acquire({ network: named("one") });
      const two = await acquire({ network: named("two") });
      const none = await acquire();
      await one.sandbox.run(ASK);
      await two.sandbox.run(ASK);
      const refused = await none.sandbox.run(`HTTP_PROXY=http://127.0.0.1:3128; ${ASK}`);
      assert.notEqual(refused.exitCode, 0);
      assert.deepEqual(heard, ["one", "two"]);
    },
  },
];
