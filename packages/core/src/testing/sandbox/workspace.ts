import assert from "node:assert/strict";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { output, readText, rejects, type SandboxCase } from "./case.ts";

const privateSpec = (key: string) => () => ({ key, workspace: { access: "none" } }) as const;

export const workspaceCases: readonly SandboxCase[] = [
  {
    name: "a writable workspace is the host's directory, both ways",
    async run({ sandbox, workspace }) {
      await writeFile(join(workspace, "from-host"), "host");
      assert.equal(await readText(sandbox, "from-host"), "host");
      assert.equal(await output(sandbox, "cat from-host; printf run > from-run"), "host");
      await sandbox.writeFile("from-call", "call");
      assert.equal(await readFile(join(workspace, "from-run"), "utf8"), "run");
      assert.equal(await readFile(join(workspace, "from-call"), "utf8"), "call");
    },
  },
  {
    name: "a read-only workspace can be read and in no way written",
    spec: (path) => ({ workspace: { access: "ro", path } }),
    async run({ sandbox, workspace }) {
      await writeFile(join(workspace, "kept"), "kept");
      assert.equal(await readText(sandbox, "kept"), "kept");
      assert.equal(await output(sandbox, "cat kept"), "kept");
      await rejects(sandbox.writeFile("kept", "x"), "SANDBOX_READ_ONLY");
      await rejects(sandbox.writeFile("new/file", "x"), "SANDBOX_READ_ONLY");
      for (const command of ["echo x > kept", "echo x >> kept", "touch new", "rm kept", "mv kept moved", "mkdir dir"]) {
        assert.notEqual((await sandbox.run(command)).exitCode, 0, command);
      }
      assert.deepEqual(await readdir(workspace), ["kept"]);
      assert.equal(await readFile(join(workspace, "kept"), "utf8"), "kept");
      assert.match(sandbox.description, /read-only/i);
    },
  },
  {
    name: "a private workspace is empty, its own, and kept under its key",
    spec: privateSpec("first"),
    async run({ sandbox, workspace, acquire }) {
      await writeFile(join(workspace, "of-the-host"), "");
      assert.deepEqual(await sandbox.list("."), []);
      assert.equal(await output(sandbox, "ls -A; printf kept > note"), "");
      const other = await acquire(privateSpec("second")());
      assert.deepEqual(await other.sandbox.list("."), []);
      const again = await acquire(privateSpec("first")());
      assert.equal(await readText(again.sandbox, "note"), "kept");
      assert.deepEqual(await readdir(workspace), ["of-the-host"]);
    },
  },
  {
    name: "a private workspace outlives its lease",
    async run({ provider }) {
      const spec = { ...privateSpec("kept")(), network: "none" } as const;
      {
        await using lease = await provider.acquire(spec);
        await lease.sandbox.writeFile("note", "kept");
      }
      await using lease = await provider.acquire(spec);
      assert.equal(await readText(lease.sandbox, "note"), "kept");
    },
  },
  {
    name: "keys that look alike or like paths do not share a workspace",
    async run({ acquire }) {
      const keys = ["a/b", "a_b", "a:b", "A/B", "../a", "..", "a/../a", "\0", "x".repeat(300), "x".repeat(301)];
      for (const key of keys) {
        const { sandbox } = await acquire(privateSpec(key)());
        assert.deepEqual(await sandbox.list("."), [], JSON.stringify(key));
        await sandbox.writeFile("owner", key);
      }
    },
  },
  {
    name: "no command reaches the host's network",
    async run({ sandbox }) {
      const first: string[] = [];
      const server = createServer((socket) => socket.on("data", (data) => first.push(data.toString())).resume());
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      try {
        const address = server.address();
        assert.ok(address !== null && typeof address === "object");
        const command = `exec 3<>/dev/tcp/127.0.0.1/${address.port} && echo from-inside >&3`;
        await sandbox.run(command, { timeoutMs: 5_000 });
        const socket = connect(address.port, "127.0.0.1").end("from-outside");
        await once(socket, "close");
        assert.deepEqual(first, ["from-outside"]);
      } finally {
        server.close();
      }
    },
  },
  {
    name: "the description tells the model its root, its network and its limits",
    async run({ sandbox, provider }) {
      for (const expected of [/\/workspace/, /network/i, /\d/]) assert.match(sandbox.description, expected);
      assert.ok(sandbox.description.length < 1_500, "the model pays for every character");
      assert.ok(provider.name !== "" && provider.summary !== "" && provider.limits.length > 0);
    },
  },
];
