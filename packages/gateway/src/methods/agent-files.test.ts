import type { EditableFile, EditableFiles } from "@claw/core";
import { ClawError } from "@claw/core";
import { expect, test } from "vitest";
import { connectClient } from "../connect.fixture.ts";
import { startGateway } from "../gateway.fixture.ts";

/** One file in memory. */
function oneFile(): (agent: string) => EditableFiles {
  let file: EditableFile = { name: "SOUL.md", path: "/w/SOUL.md" };
  return () => ({
    path: "/w",
    list: async () => [file, { name: "USER.md", path: "/w/USER.md", problem: "it is a link" }],
    read: async (name) => (name === file.name ? file : undefined),
    async write(name, content, expectedHash) {
      if (name !== file.name) return undefined;
      if (expectedHash !== undefined && expectedHash !== (file.hash ?? null)) {
        throw new ClawError("AGENT_FILE_CHANGED", "it is another one");
      }
      file = { ...file, content, hash: `hash of ${content}`, size: content.length, updatedAt: new Date(1) };
      return file;
    },
  });
}

test("an agent's files are listed, read and written when they are what was read", async () => {
  await using started = await startGateway({ agentFiles: oneFile() });
  const client = await connectClient(started.gateway);
  expect(await client.request("agents.files.list", { agentId: "main" })).toMatchObject({
    payload: {
      workspace: "/w",
      files: [
        { name: "SOUL.md", path: "/w/SOUL.md", missing: true },
        { name: "USER.md", missing: false, problem: "it is a link" },
      ],
    },
  });
  const set = { agentId: "main", name: "SOUL.md", content: "kind", expectedHash: null };
  const file = { name: "SOUL.md", missing: false, size: 4, updatedAtMs: 1, hash: "hash of kind", content: "kind" };
  expect(await client.request("agents.files.set", set)).toMatchObject({ payload: { ok: true, file } });
  expect(await client.request("agents.files.set", set)).toMatchObject({
    error: { code: "INVALID_REQUEST", details: { code: "FILE_CHANGED" } },
  });
  expect(await client.request("agents.files.get", { agentId: "main", name: "SOUL.md" })).toMatchObject({
    payload: { agentId: "main", file },
  });
});

test("another name, another agent and a gateway without workspaces say what is wrong", async () => {
  await using started = await startGateway({ agentFiles: oneFile() });
  await using bare = await startGateway();
  const [client, none] = await Promise.all([connectClient(started.gateway), connectClient(bare.gateway)]);
  expect(await client.request("agents.files.get", { agentId: "main", name: "../x" })).toMatchObject({
    error: { code: "INVALID_REQUEST", message: "there is no file ../x; agents.files.list has them" },
  });
  expect(await client.request("agents.files.list", { agentId: "nobody" })).toMatchObject({
    error: { details: { code: "UNKNOWN_AGENT_ID" } },
  });
  expect(await none.request("agents.files.list", { agentId: "main" })).toMatchObject({
    error: { code: "UNAVAILABLE" },
  });
});
